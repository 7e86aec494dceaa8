#!/usr/bin/env python3
"""Has moto, a simulation of AWS written by others, enforce a generated policy on calls of boto3.

    moto_enforcement.py record
        Makes calls with nothing enforced, and prints them as CloudTrail would write them.
    moto_enforcement.py enforce POLICY
        Gives the policy to the user, makes the same calls, and others; prints what came of each.
        Exit status 1 when a recorded call was denied or another one let through.

Exit status 77 when moto or boto3 is missing. Moto compares resources for S3, and takes everything
else to be about `*`; so the calls are those of S3 and some that can only be granted on `*`. It takes
resources for regular expressions; so no name has a sign that means something in one.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

try:
    import boto3
    import botocore.exceptions
    from moto import mock_aws
    from moto.core import enable_iam_authentication
except ImportError as missing:
    print(f"skipped: {missing}", file=sys.stderr)
    sys.exit(77)

ACCOUNT = "123456789012"
USER = "replayer"
REGION = "eu-west-1"

# Service, method, arguments.
RECORDED = [
    ("s3", "list_buckets", {}),
    ("s3", "list_objects_v2", {"Bucket": "reports"}),
    ("s3", "get_bucket_versioning", {"Bucket": "reports"}),
    ("s3", "put_object", {"Bucket": "reports", "Key": "2026/a.csv", "Body": b"a"}),
    ("s3", "get_object", {"Bucket": "reports", "Key": "2026/a.csv"}),
    ("s3", "put_object", {"Bucket": "reports", "Key": "2026/a b.csv", "Body": b"b"}),
    ("s3", "delete_object", {"Bucket": "reports", "Key": "2026/a.csv"}),
    ("ec2", "describe_instances", {}),
    ("iam", "list_users", {}),
    ("secretsmanager", "list_secrets", {}),
]
OTHERS = [
    ("s3", "get_object", {"Bucket": "reports", "Key": "2026/b.csv"}),
    ("s3", "get_object", {"Bucket": "archive", "Key": "2026/a.csv"}),
    ("s3", "list_objects_v2", {"Bucket": "archive"}),
    ("s3", "put_object", {"Bucket": "archive", "Key": "2026/a.csv", "Body": b"a"}),
    ("s3", "delete_bucket", {"Bucket": "reports"}),
    ("ec2", "describe_vpcs", {}),
    ("iam", "list_roles", {}),
    ("iam", "create_user", {"UserName": "intruder"}),
]


def prepare():
    """Buckets, objects and the user with a key."""
    s3 = boto3.client("s3", region_name=REGION)
    for bucket in ("reports", "archive"):
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    s3.put_object(Bucket="reports", Key="2026/b.csv", Body=b"b")
    iam = boto3.client("iam")
    iam.create_user(UserName=USER)
    return iam, iam.create_access_key(UserName=USER)["AccessKey"]


def client(service, key):
    return boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def outcome(service, method, arguments, key):
    """The error code of a call; empty when it succeeded."""
    try:
        getattr(client(service, key), method)(**arguments)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def event(number, service, method, arguments):
    """A call as CloudTrail writes it: names of parameters begin with a small letter."""
    names = {"Bucket": "bucketName", "Key": "key"}
    operations = boto3.client(service, region_name=REGION).meta.method_to_api_mapping
    return {
        "eventVersion": "1.09",
        "eventType": "AwsApiCall",
        "eventTime": f"2026-01-01T00:00:{number:02}Z",
        "eventID": f"recorded-{number}",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": operations[method],
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "sourceIPAddress": "192.0.2.1",
        "requestParameters": {
            names[name]: text for name, text in arguments.items() if name in names
        },
        "userIdentity": {
            "type": "IAMUser",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{USER}",
            "accountId": ACCOUNT,
            "userName": USER,
        },
    }


@mock_aws
def record():
    _, key = prepare()
    events = []
    for number, call in enumerate(RECORDED):
        code = outcome(*call, key)
        if code:
            raise SystemExit(f"{call[:2]} failed with nothing enforced: {code}")
        events.append(event(number, *call))
    json.dump({"Records": events}, sys.stdout)


@mock_aws
def enforce(path):
    iam, key = prepare()
    with open(path, encoding="utf-8") as file:
        policy = iam.create_policy(PolicyName="generated", PolicyDocument=file.read())
    iam.attach_user_policy(UserName=USER, PolicyArn=policy["Policy"]["Arn"])
    with enable_iam_authentication():
        denied = [call[:2] for call in RECORDED if outcome(*call, key)]
        passed = [
            call[:2]
            for call in OTHERS
            if outcome(*call, key) not in ("AccessDenied", "UnauthorizedOperation")
        ]
    json.dump(
        {
            "recorded": len(RECORDED),
            "denied": [".".join(call) for call in denied],
            "others": len(OTHERS),
            "passed": [".".join(call) for call in passed],
        },
        sys.stdout,
    )
    return 1 if denied or passed else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    elif len(sys.argv) == 3 and sys.argv[1] == "enforce":
        sys.exit(enforce(sys.argv[2]))
    else:
        sys.exit(__doc__)
