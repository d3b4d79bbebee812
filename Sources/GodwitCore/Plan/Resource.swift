/// Something of a project that a plan read or writes, and that can be read again.
public enum Resource: Sendable, Hashable {
  /// The integration of a type.
  case integration(IntegrationType)
  /// An alert configuration.
  case alert(AlertConfigurationID)
  /// What a GET of a path below the project answers.
  case path(String)
}

extension Resource: CustomStringConvertible {
  /// How people are told of it: a type, `alert` with an id, or a path.
  public var description: String {
    switch self {
    case .integration(let type): type.text
    case .alert(let id): "alert \(id)"
    case .path(let path): path
    }
  }
}

extension Resource: Comparable {
  /// Integrations first, then alerts, then paths, each by their bytes.
  public static func < (left: Resource, right: Resource) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    return left.description.bytesPrecede(right.description)
  }

  private var rank: Int {
    switch self {
    case .integration: 0
    case .alert: 1
    case .path: 2
    }
  }
}

extension Operation {
  /// What can be read again to see what became of the operation; `nil` for a POST of anything but
  /// an integration, of which nobody knows beforehand where it will be.
  public var resource: Resource? {
    switch target {
    case .integration(let type): .integration(type)
    case .alert(let alert): alert.id.map(Resource.alert)
    case .request(let request): request.method == "POST" ? nil : .path(request.path)
    }
  }
}
