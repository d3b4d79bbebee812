/// Which page of a list is asked for.
struct Paging {
  let pageNum: Int
  let itemsPerPage: Int
  let includeCount: Bool
  /// Whether links say whether there is a count; those of v1.0 do not.
  var tellsCount = true

  /// Reads `pageNum`, `itemsPerPage` (1 to 500) and `includeCount`.
  ///
  /// - Throws: `INVALID_QUERY_PARAMETER` for what is out of bounds.
  init(_ query: Query) throws(APIError) {
    pageNum = try query.integer("pageNum", default: 1, in: 1...1_000_000_000)
    itemsPerPage = try query.integer("itemsPerPage", default: 100, in: 1...500)
    includeCount = try query.flag("includeCount", default: true)
  }

  /// The positions of the page's items in the list, from 0.
  var range: Range<Int> {
    let start = (pageNum - 1) * itemsPerPage
    return start..<start + itemsPerPage
  }
}

extension AtlasAPI.Call {
  /// Which page of a list is asked for.
  func paging() throws(APIError) -> Paging {
    var paging = try Paging(request.query)
    paging.tellsCount = generation.isVersioned
    return paging
  }
}

/// One page of a list, and what its links are made from.
struct ListPage {
  let paging: Paging
  /// The items of this page as JSON texts.
  let items: [String]
  /// How many items the whole list has.
  let total: Int
  /// Further parameters of the request, which the links repeat.
  var filters: [(name: String, value: String)] = []
  /// Whether this list can have a total at all.
  var hasCount = true

  /// The links: `self`, then `previous` and `next` where there are such pages.
  ///
  /// The parameters of `self` come in another order than those of the others (recorded answers).
  func links(to address: String) -> [Link] {
    let filterText = filters.map { "\($0.name)=\(PercentEncoding.encode($0.value))&" }.joined()
    let count = paging.tellsCount ? "includeCount=\(paging.includeCount)&" : ""
    let size = "itemsPerPage=\(paging.itemsPerPage)"
    func page(_ number: Int) -> String {
      "\(address)?\(filterText)\(count)\(size)&pageNum=\(number)"
    }
    var links = [
      Link("self", "\(address)?\(filterText)\(count)pageNum=\(paging.pageNum)&\(size)")
    ]
    if paging.pageNum > 1 { links.append(Link("previous", page(paging.pageNum - 1))) }
    if paging.range.upperBound < total { links.append(Link("next", page(paging.pageNum + 1))) }
    return links
  }
}

/// A link of an answer.
struct Link {
  let rel: String
  let href: String

  init(_ rel: String, _ href: String) {
    self.rel = rel
    self.href = href
  }

  /// The link as JSON text.
  var json: String { #"{"href":"\#(href)","rel":"\#(rel)"}"# }
}
