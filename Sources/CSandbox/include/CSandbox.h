// A system call filter that a program puts on itself, callable from Swift: `prctl` is variadic and
// the filter's instructions are macros, and Swift imports neither.
#pragma once

#include <stdbool.h>

// Forbids this process, and every program it starts, to make or connect a socket: the calls fail
// with EPERM from here on and nothing takes the filter away again. False when the kernel refuses.
bool sandbox_forbid_sockets(void);

// Asks for a socket. Zero when the system gave one (it is closed again), otherwise the error.
int sandbox_probe_socket(void);
