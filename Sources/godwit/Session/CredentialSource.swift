import Foundation
import GodwitAtlas
import GodwitCore

/// One place that credentials can come from: the environment, or a profile of the Atlas CLI.
///
/// All fields of a credential come from one such place, so that a key of one account never meets
/// the secret of another.
struct CredentialSource {
  /// A field with a value, and what it is called where it was found.
  struct Field: Hashable {
    var name: String
    var value: String
  }

  /// What people call it, for example `the environment`.
  var name: String
  /// Names of the fields that are missing, as they are called here.
  var fieldNames: FieldNames
  var publicKey: Field?
  var privateKey: Field?
  var clientID: Field?
  var clientSecret: Field?
  var accessToken: Field?

  /// What fields are called in a place.
  struct FieldNames {
    var publicKey: String
    var privateKey: String
    var clientID: String
    var clientSecret: String
  }

  /// Whether there is any field of a credential.
  var isEmpty: Bool {
    [publicKey, privateKey, clientID, clientSecret, accessToken].allSatisfy { $0 == nil }
  }

  /// Whether there is one part of a credential, and nothing else.
  var isHalf: Bool {
    accessToken == nil
      && ((publicKey == nil) != (privateKey == nil) || (clientID == nil) != (clientSecret == nil))
  }

  /// The credential; `nil` if there is none here.
  ///
  /// - Throws: `Diagnostic` if there is only half of one, or two kinds at once.
  func credential() throws -> AtlasCredential? {
    let kinds = [publicKey ?? privateKey, clientID ?? clientSecret, accessToken]
      .compactMap { $0 }
    guard kinds.count < 2 else {
      throw Diagnostic(
        "both \(kinds[0].name) and \(kinds[1].name) are set in \(name)",
        detail: "they are credentials of two kinds",
        advice: "unset one of them"
      )
    }
    if let accessToken { return .accessToken(SecretValue(accessToken.value)) }
    if let key = try pair(publicKey, privateKey, fieldNames.publicKey, fieldNames.privateKey) {
      try checkIsKey(key.0)
      return .digest(publicKey: key.0.value, privateKey: SecretValue(key.1.value))
    }
    if let account = try pair(
      clientID,
      clientSecret,
      fieldNames.clientID,
      fieldNames.clientSecret
    ) {
      try checkIsClientID(account.0)
      return .serviceAccount(
        clientID: account.0.value,
        clientSecret: SecretValue(account.1.value)
      )
    }
    return nil
  }

  private func pair(
    _ first: Field?,
    _ second: Field?,
    _ firstName: String,
    _ secondName: String
  ) throws -> (Field, Field)? {
    switch (first, second) {
    case (let first?, let second?): return (first, second)
    case (let first?, nil): throw half(first.name, secondName)
    case (nil, let second?): throw half(second.name, firstName)
    case (nil, nil): return nil
    }
  }

  private func half(_ present: String, _ missing: String) -> Diagnostic {
    Diagnostic("\(present) is set in \(name) and \(missing) is not", advice: "set both")
  }

  /// Tells a service account in the place of an API key, which would only be refused.
  ///
  /// Source: Atlas' description of service accounts: client ids begin with `mdb_sa_id_`, secrets
  /// with `mdb_sa_sk_`.
  private func checkIsKey(_ publicKey: Field) throws {
    guard publicKey.value.hasPrefix("mdb_sa_") else { return }
    throw Diagnostic(
      "\(publicKey.name) holds the client id of a service account, not the public key of an API key",
      advice: "give it as \(fieldNames.clientID), with its secret as \(fieldNames.clientSecret)"
    )
  }

  private func checkIsClientID(_ clientID: Field) throws {
    if clientID.value.hasPrefix("mdb_sa_sk_") {
      throw Diagnostic(
        "\(clientID.name) holds the secret of a service account, not its client id",
        advice: "give the client id, which begins with mdb_sa_id_"
      )
    }
    guard clientID.value.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }) else {
      throw Diagnostic(
        "\(clientID.name) is not the client id of a service account",
        advice: "it begins with mdb_sa_id_"
      )
    }
  }
}
