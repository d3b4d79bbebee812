import Foundation
import GodwitCore

extension CredentialSource {
  /// The credentials of the environment.
  ///
  /// The names of the Atlas CLI come first, and then what the Terraform provider accepts as well.
  init(environment: [String: String]) {
    func first(_ names: [String]) -> Field? {
      for name in names {
        if let value = environment[name], !value.isEmpty { return Field(name: name, value: value) }
      }
      return nil
    }
    self.init(
      name: "the environment",
      fieldNames: .environment,
      publicKey: first([
        "MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY", "MCLI_PUBLIC_API_KEY",
      ]),
      privateKey: first([
        "MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY", "MCLI_PRIVATE_API_KEY",
      ]),
      clientID: first(["MONGODB_ATLAS_CLIENT_ID"]),
      clientSecret: first(["MONGODB_ATLAS_CLIENT_SECRET"]),
      accessToken: first(["MONGODB_ATLAS_ACCESS_TOKEN"])
    )
  }

  /// What to do where there are no credentials at all.
  static let adviceForNone =
    "set MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY, or"
    + " MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_ACCESS_TOKEN;"
    + " --simulator needs none"
}

extension CredentialSource.FieldNames {
  /// What fields are called in the environment.
  static let environment = CredentialSource.FieldNames(
    publicKey: "MONGODB_ATLAS_PUBLIC_API_KEY",
    privateKey: "MONGODB_ATLAS_PRIVATE_API_KEY",
    clientID: "MONGODB_ATLAS_CLIENT_ID",
    clientSecret: "MONGODB_ATLAS_CLIENT_SECRET"
  )
}
