internal import GodwitCore
internal import LuaVM

extension Project {
  /// The project's fields as a script gets them.
  var scriptTable: LuaTable {
    let tags = self.tags.sorted { $0.key.bytesPrecede($1.key) }
    let variables = self.variables.sorted { $0.key.bytesPrecede($1.key) }
    return LuaTable(record: [
      "id": .string(id.text),
      "name": .string(name),
      "orgId": .string(organization.text),
      "created": .string(created),
      "clusterCount": .integer(Int64(clusterCount)),
      "tags": .table(
        LuaTable(
          fields: tags.map { LuaTable.Field(key: .string($0.key), value: .string($0.value)) }
        )
      ),
      "vars": .table(
        LuaTable(
          fields: variables.map { LuaTable.Field(key: .string($0.key), value: .string($0.value)) }
        )
      ),
    ])
  }
}
