import GodwitCore

/// Errors of projects, organisations and alert configurations.
extension APIError {
  static func groupNotFound(_ id: String) -> APIError {
    APIError(404, "GROUP_NOT_FOUND", "There is no project with the id \(id).", [.string(id)])
  }

  static func invalidGroupID(_ id: String) -> APIError {
    APIError(404, "INVALID_GROUP_ID", "\(id) is not the id of a project.", [.string(id)])
  }

  static func groupNameNotFound(_ name: String) -> APIError {
    APIError(404, "GROUP_NAME_NOT_FOUND", "No project is called \(name).", [.string(name)])
  }

  static func multipleGroups(_ name: String) -> APIError {
    APIError(
      409,
      "MULTIPLE_GROUPS",
      "More than one project is called \(name); use an id.",
      [.string(name)]
    )
  }

  static func orgNotFound(_ id: String) -> APIError {
    APIError(404, "ORG_NOT_FOUND", "There is no organization with the id \(id).", [.string(id)])
  }

  static func alertConfigNotFound(_ id: String) -> APIError {
    APIError(
      404,
      "ALERT_CONFIG_NOT_FOUND",
      "This project has no alert configuration with the id \(id).",
      [.string(id)]
    )
  }

  static func invalidAlertConfigID(_ id: String) -> APIError {
    APIError(
      404,
      "INVALID_ALERT_CONFIG_ID",
      "\(id) is not the id of an alert configuration.",
      [.string(id)]
    )
  }
}

/// Errors of integrations.
extension APIError {
  static func notConfigured(_ type: String) -> APIError {
    APIError(
      404,
      "INTEGRATION_NOT_CONFIGURED",
      "This project has no \(type) integration.",
      [.string(type)]
    )
  }

  static func alreadyConfigured(_ type: String) -> APIError {
    APIError(
      409,
      "INTEGRATION_ALREADY_CONFIGURED",
      "This project has a \(type) integration already.",
      [.string(type)]
    )
  }

  static func invalidEnumValue(_ value: String, of name: String) -> APIError {
    let shown = String(value.prefix(64))
    return APIError(
      400,
      "INVALID_ENUM_VALUE",
      "\(shown) is not one of the values that \(name) can have.",
      [.string(shown)]
    )
  }

  static func invalidAttribute(_ name: String) -> APIError {
    APIError(
      400,
      "INVALID_ATTRIBUTE",
      "The attribute \(name) is unknown here or has an unsuitable value.",
      [.string(name)]
    )
  }

  static func missing(_ name: String) -> APIError {
    APIError(400, "MISSING_ATTRIBUTE", "The attribute \(name) is required.", [.string(name)])
  }

  static func invalidURL(_ name: String) -> APIError {
    APIError(400, "INVALID_URL", "The attribute \(name) must be a web address.", [.string(name)])
  }

  static func invalidSettings(type: String, reason: String) -> APIError {
    APIError(
      400,
      "INVALID_INTEGRATION_SETTINGS",
      "The settings of \(type) were refused: \(reason).",
      [.string(type), .string(reason)]
    )
  }

  static func discontinued(_ type: String) -> APIError {
    APIError(400, "HIPCHAT_NOT_SUPPORTED", "\(type) can no longer be configured.", [.string(type)])
  }

  static let slackNotConfigured = APIError(
    400,
    "SLACK_OAUTH2_NOT_CONFIGURED",
    "Slack must first be connected by a person in the Atlas user interface."
  )
  static let legacySlack = APIError(
    400,
    "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED",
    "This Slack integration uses a legacy token; a person must connect it anew in the Atlas "
      + "user interface."
  )
  static let mustReconfigureSlack = APIError(
    400,
    "MUST_RECONFIGURE_SLACK_OAUTH2",
    "Slack's token and team can only be changed by a person in the Atlas user interface."
  )
  static let webhookInUse = APIError(
    400,
    "WEBHOOK_NOTIFICATIONS_PRESENT",
    "Alert configurations of this project still notify the webhook."
  )
}
