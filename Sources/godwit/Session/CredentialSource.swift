import Foundation
import GodwitAtlas
import GodwitCore

/// Finds the credentials in the environment.
struct CredentialSource {
  /// The environment.
  var environment: [String: String]

  /// The names of a variable, the one of the Atlas CLI first and then what the Terraform provider
  /// accepts as well.
  private static let publicKeys = [
    "MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY", "MCLI_PUBLIC_API_KEY",
  ]
  private static let privateKeys = [
    "MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY", "MCLI_PRIVATE_API_KEY",
  ]
  private static let accessToken = "MONGODB_ATLAS_ACCESS_TOKEN"
  private static let serviceAccount = ["MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET"]

  private func first(of names: [String]) -> (name: String, value: String)? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return (name, value) }
    }
    return nil
  }

  /// The credentials.
  ///
  /// - Throws: `Diagnostic` if there are none, only half of them, or two kinds at once.
  func credential() throws -> AtlasCredential {
    let publicKey = first(of: Self.publicKeys)
    let privateKey = first(of: Self.privateKeys)
    let token = first(of: [Self.accessToken])
    let service = first(of: Self.serviceAccount)
    let kinds = [publicKey ?? privateKey, service, token].compactMap { $0 }
    guard kinds.count < 2 else {
      throw Diagnostic(
        "both \(kinds[0].name) and \(kinds[1].name) are set",
        advice: "unset one of them"
      )
    }
    if let token { return .accessToken(SecretValue(token.value)) }
    switch (publicKey, privateKey) {
    case (let publicKey?, let privateKey?):
      return .digest(publicKey: publicKey.value, privateKey: SecretValue(privateKey.value))
    case (let publicKey?, nil):
      throw Diagnostic(
        "\(publicKey.name) is set and \(Self.privateKeys[0]) is not",
        advice: "set both"
      )
    case (nil, let privateKey?):
      throw Diagnostic(
        "\(privateKey.name) is set and \(Self.publicKeys[0]) is not",
        advice: "set both"
      )
    case (nil, nil):
      throw Diagnostic(
        service == nil
          ? "there are no credentials"
          : "a service account is set, and this version takes API keys and access tokens",
        advice: "set \(Self.publicKeys[0]) and \(Self.privateKeys[0]),"
          + " or \(Self.accessToken); --simulator needs none"
      )
    }
  }
}
