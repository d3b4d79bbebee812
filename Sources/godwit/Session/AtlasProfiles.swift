import Foundation
import GodwitCore
import TOMLKit

/// The profiles of the Atlas CLI, which are read and never written.
///
/// Source: atlas-cli-core, `config/profile.go` and `config/proxy_store.go`: tables of a TOML file, by
/// lower-case names; since version 2 of the file credentials are in the system's keyring wherever
/// there is one.
struct AtlasProfiles {
  /// One profile.
  struct Profile {
    var name: String
    /// The texts in its table.
    var fields: [String: String]
  }

  /// The file.
  var path: String
  private var profiles: [Profile]

  /// The names of the profiles, in order.
  var names: [String] { profiles.map(\.name) }

  /// The fields that hold credentials, in the file or in the keyring.
  static let credentialFields = [
    "public_api_key", "private_api_key", "client_id", "client_secret", "access_token",
  ]

  /// Reads the file.
  ///
  /// - Returns: `nil` if there is none.
  /// - Throws: `Diagnostic` if it cannot be read; no value of it is shown.
  init?(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self.path = path
    let data = try InputFile.contents(of: path, called: "configuration of the Atlas CLI")
    let table: TOMLTable
    do {
      table = try TOMLTable(string: String(decoding: data, as: UTF8.self))
    } catch let error as TOMLParseError {
      // The parser's own words may quote the line, and so a key.
      throw Diagnostic("\(path), line \(error.source.begin.line): not TOML")
    }
    profiles = table.compactMap { name, value in
      guard let entries = value.table else { return nil }
      var fields: [String: String] = [:]
      for (key, value) in entries {
        if let text = value.string, !text.isEmpty { fields[key] = text }
      }
      return Profile(name: name, fields: fields)
    }.sorted { $0.name < $1.name }
  }

  /// The profile of a name, of which case does not matter.
  subscript(name: String) -> Profile? {
    profiles.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The profile that holds where none is named, as the Atlas CLI has it: the only one there is, or
  /// `default`.
  var standard: Profile? {
    profiles.count == 1 ? profiles.first : self["default"]
  }
}

extension AtlasProfiles.Profile {
  /// The origin that it is for; `nil` where it says nothing.
  var baseURL: String? {
    if let url = fields["base_url"] ?? fields["ops_manager_url"] {
      return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
    // Source: Atlas for Government has a host of its own with the same paths.
    return fields["service"] == "cloudgov" ? "https://cloud.mongodbgov.com" : nil
  }

  /// Its credentials as a source.
  func source(in path: String) -> CredentialSource {
    func field(_ key: String) -> CredentialSource.Field? {
      fields[key].map { CredentialSource.Field(name: key, value: $0) }
    }
    return CredentialSource(
      name: "the profile \(name) of \(path)",
      fieldNames: CredentialSource.FieldNames(
        publicKey: "public_api_key",
        privateKey: "private_api_key",
        clientID: "client_id",
        clientSecret: "client_secret"
      ),
      publicKey: field("public_api_key"),
      privateKey: field("private_api_key"),
      clientID: field("client_id"),
      clientSecret: field("client_secret"),
      accessToken: field("access_token")
    )
  }

  /// What to say of a profile that has no credentials in the file, or only a part of them.
  func complaint(in path: String) -> Diagnostic {
    let variables: String
    let hasAccount = fields["client_id"] != nil || fields["client_secret"] != nil
    let hasKey = fields["public_api_key"] != nil || fields["private_api_key"] != nil
    let kind = hasAccount ? "service_account" : hasKey ? "api_keys" : fields["auth_type"]
    switch kind {
    case "service_account"?:
      variables = "MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET"
    case "user_account"?:
      return Diagnostic(
        "the profile \(name) of \(path) is a person's login",
        detail: "the Atlas CLI keeps its token in the system's keyring, which godwit does not read",
        advice: "use a service account or an API key: set MONGODB_ATLAS_CLIENT_ID and"
          + " MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_API_KEY and"
          + " MONGODB_ATLAS_PRIVATE_API_KEY"
      )
    case "api_keys"?:
      variables = "MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY"
    default:
      return Diagnostic(
        "the profile \(name) of \(path) has no credentials",
        detail: "if the Atlas CLI has some, they are in the system's keyring, which godwit does not"
          + " read",
        advice: CredentialSource.adviceForNone
      )
    }
    return Diagnostic(
      "the profile \(name) of \(path) keeps its secret in the system's keyring",
      detail: "godwit reads the file only",
      advice: "set \(variables) for godwit; the keyring has them under atlascli_\(name)"
    )
  }
}
