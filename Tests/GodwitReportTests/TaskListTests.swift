import GodwitCore
import GodwitReport
import Testing

@Suite
struct TaskListTests {
  private let tasks: TaskList = {
    var tasks = TaskList(info: Estate.info())
    for (index, record) in Estate.planned().prefix(4).enumerated() {
      var record = record
      let url = "https://cloud.example.com/v2/\(record.project.id)#/integrations"
      record.plan.tasks = [
        PersonTask(title: "Connect Slack", url: url, detail: "Choose #alerts.", type: "SLACK")
      ]
      if index == 1 {
        record.plan.tasks.append(PersonTask(title: "=Ask\u{1b}[31m, \"then\" | decide"))
      }
      tasks.add(record)
    }
    return tasks
  }()

  @Test
  func `tasks read as recorded, in every form`() throws {
    try Golden.expect(tasks.text(), matches: "tasks.txt")
    try Golden.expect(tasks.markdown(), matches: "tasks.md")
    try Golden.expect(tasks.csv(), matches: "tasks.csv")
    try Golden.expect(tasks.json(), matches: "tasks.json")
  }

  @Test
  func `a run without tasks says so, and its machine forms are whole`() {
    let none = TaskList(info: Estate.info())
    #expect(none.text() == "This run has no tasks for people.\n")
    #expect(none.csv() == "id,name,org,type,title,url,detail\r\n")
    #expect(none.json().contains("\"tasks\": []"))
  }
}
