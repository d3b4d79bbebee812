import CLuaShim
import Testing

@Suite struct LibraryCheckTests {
  @Test func `the library is known, and every measure is in force`() {
    #expect(shim_check_library().map { String(cString: $0) } == nil)
  }

  @Test(
    arguments: [
      ("$LuaVersion: Lua 5.4.4  Copyright (C) 1994-2022 Lua.org, PUC-Rio $", true),
      ("$LuaVersion: Lua 5.4.6  Copyright (C) 1994-2023 Lua.org, PUC-Rio $", false),
      ("$LuaVersion: Lua 5.3.6  Copyright (C) 1994-2020 Lua.org, PUC-Rio $", false),
      ("Lua 5.4.40 ", false), ("", false),
    ]
  )
  func `only the version that was tested is known`(ident: String, isKnown: Bool) {
    #expect((shim_knows_library(ident) != 0) == isKnown)
  }

  @Test func `a measure that is not in force is noticed`() {
    // Each ends in another way than is claimed.
    #expect(shim_probe("return 1", CInt(SHIM_INSTRUCTIONS)) == 0)
    #expect(shim_probe("error('gone')", CInt(SHIM_RUNNING)) == 0)
    #expect(shim_probe("while true do end", CInt(SHIM_RUNNING)) == 0)
    #expect(shim_probe("while true do end", CInt(SHIM_MEMORY)) == 0)
    #expect(shim_probe("not Lua", CInt(SHIM_RUNNING)) == 0)
    #expect(shim_probe("return 1", CInt(SHIM_RUNNING)) == 1)
  }
}
