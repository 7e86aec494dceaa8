// Facts about platforms, as files that the compiler puts into the program.
#pragma once

#include <stddef.h>

// aws-iam.tsv, and how many bytes it has.
extern const char *const catalogue_aws_iam;
extern const size_t catalogue_aws_iam_size;
