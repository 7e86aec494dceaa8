#include "CCatalogues.h"

// An array of a million numbers takes the Swift compiler minutes; this takes no time.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char aws_iam[] = {
#embed "aws-iam.tsv"
};

const char *const catalogue_aws_iam = aws_iam;
const size_t catalogue_aws_iam_size = sizeof aws_iam;
