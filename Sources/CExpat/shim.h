// Expat, the system's; docs/decisions/011-expat.md says why.
#pragma once

#include <expat.h>
