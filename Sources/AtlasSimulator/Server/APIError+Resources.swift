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

  static func atlasGroup(_ id: String) -> APIError {
    APIError(
      404,
      "ATLAS_GROUP",
      "The project \(id) is one of Atlas, which another generation of the API serves.",
      [.string(id)]
    )
  }

  static func groupExists(_ name: String) -> APIError {
    APIError(
      409,
      "GROUP_ALREADY_EXISTS",
      "The organization has a project called \(name) already.",
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

/// Errors of the bodies of alert configurations.
extension APIError {
  static let missingNotifications = APIError(
    400,
    "MISSING_NOTIFICATIONS",
    "An alert configuration must have at least one notification."
  )

  static func tooManyNotifications(_ limit: Int) -> APIError {
    APIError(
      400,
      "MAX_NOTIFICATIONS_PER_ALERT_EXCEEDED",
      "An alert configuration has at most \(limit) notifications.",
      [.number(JSONNumber(Int64(limit)))]
    )
  }

  static func tooManyAlertConfigs(_ limit: Int) -> APIError {
    APIError(
      400,
      "MAX_ALERT_CONFIGS_PER_GROUP_EXCEEDED",
      "A project has at most \(limit) alert configurations.",
      [.number(JSONNumber(Int64(limit)))]
    )
  }

  static func unsupportedNotification(_ type: String) -> APIError {
    let shown = String(type.prefix(64))
    return APIError(
      400,
      "UNSUPPORTED_NOTIFICATION_TYPE",
      "Notifications of the type \(shown) are not supported here.",
      [.string(shown)]
    )
  }

  static let intervalOutOfRange = APIError(
    400,
    "NOTIFICATION_INTERVAL_OUT_OF_RANGE",
    "The interval of a notification must be 5 minutes or more."
  )
  static let webhookURLNotSet = APIError(
    400,
    "WEBHOOK_URL_NOT_SET",
    "Neither the notification nor the project's webhook integration has a URL."
  )
  static let integrationFieldsInvalid = APIError(
    400,
    "INTEGRATION_FIELDS_INVALID",
    "At least one field of the integration is invalid."
  )
  static let invalidDatadogKey = APIError(
    400,
    "INVALID_DATADOG_API_KEY",
    "A Datadog API key has 32 hexadecimal digits."
  )
  static let invalidPagerDutyKey = APIError(
    400,
    "INVALID_PAGER_DUTY_SERVICE_KEY",
    "A PagerDuty service key has 32 hexadecimal digits."
  )
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
