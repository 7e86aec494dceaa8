// libyaml, the system's; docs/decisions/014-libyaml.md says why.
#pragma once

#include <yaml.h>
