#include "CLuaShim.h"
int godwit_shim_placeholder(void) { return 0; }
