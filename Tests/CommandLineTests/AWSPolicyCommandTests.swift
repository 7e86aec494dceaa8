import Foundation
import TestSupport
import Testing

@Suite("Policies for AWS on the command line") struct AWSPolicyCommandTests {
  private static let catalogue = CommandRun.packageRoot + "/Sources/CCatalogues/aws-iam.tsv"

  /// A folder with a trail of two calls: one allowed, one denied.
  private func trail() throws -> TemporaryFolder {
    let events = [("GetObject", nil), ("PutObject", "AccessDenied")].map { name, error in
      var event: [String: Any] = [
        "eventVersion": "1.09", "eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com",
        "eventTime": "2026-01-01T00:00:00Z", "eventName": name, "awsRegion": "eu-west-1",
        "eventID": name, "sourceIPAddress": "192.0.2.1",
        "requestParameters": ["bucketName": "b", "key": "k"],
        "userIdentity": ["type": "IAMUser", "arn": "arn:aws:iam::1:user/ana", "accountId": "1"],
      ]
      event["errorCode"] = error
      return event
    }
    let folder = TemporaryFolder()
    try JSONSerialization.data(withJSONObject: ["Records": events])
      .write(to: URL(filePath: folder.file("trail.json")))
    return folder
  }

  @Test("prints one document, and writes its parts into a folder")
  func folder() throws {
    let (folder, home) = (try trail(), TemporaryFolder())
    let command = ["policy", "generate", folder.file("trail.json"), "--dialect", "aws"]
    let printed = try CommandRun(command, home: home)
    #expect(printed.status == 0 && printed.errors == "")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
    let decisions = try #require(document["decisions"] as? [String: Any])
    #expect(decisions["all"] as? Int == 2 && decisions["granted"] as? Int == 1)
    #expect(decisions["excluded"] as? [String: Int] == ["denied": 1])
    let policy = try #require((document["policies"] as? [[String: Any]])?.first)

    let output = command + ["--output", folder.file("policies/")]
    #expect(try CommandRun(output, home: home).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("policies"))
      .sorted()
    #expect(files == ["EVIDENCE.md", "user-1-ana.json"] && policy["file"] as? String == files[1])
    let written = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: folder.file("policies/user-1-ana.json"))))
    #expect(written as? NSDictionary == policy["document"] as? NSDictionary)

    let again = try CommandRun(output, home: home)
    #expect(again.status == 2 && again.errors.contains("exists already; --force replaces it"))
    #expect(try CommandRun(output + ["--force"], home: home).status == 0)
  }

  @Test("refuses options of this dialect for others")
  func options() throws {
    let options = [
      (["--inline"], "is of the dialect aws"),
      (["--without-inferred", "pass-role"], "is of the dialects aws, gcp and kubernetes"),
    ]
    for (option, problem) in options {
      let run = try CommandRun(["policy", "generate", "samples", "--dialect", "cedar"] + option)
      #expect(run.status == 2 && run.errors.contains(problem))
    }
  }

  @Test("takes a catalogue that is whole, and says which one is in use")
  func catalogue() throws {
    let (folder, home) = (try trail(), TemporaryFolder())
    func run(_ words: String...) throws -> CommandRun {
      try CommandRun(["policy", "catalog"] + words, home: home)
    }
    #expect(try run("inspect").output.contains("part of the program"))

    let text = try String(contentsOfFile: Self.catalogue, encoding: .utf8)
    let altered = folder.file("altered.tsv")
    try text.replacing("A\tGetObject\t", with: "A\tGetObjects\t", maxReplacements: 1)
      .write(toFile: altered, atomically: false, encoding: .utf8)
    #expect(try run("update", altered).errors.contains("its SHA-256 is not the one in its header"))
    #expect(try run("update", folder.file("trail.json")).errors.contains("no catalogue of AWS IAM"))
    let old = folder.file("old.tsv")
    try text.replacing("\ndate\t2026", with: "\ndate\t2019", maxReplacements: 1)
      .write(toFile: old, atomically: false, encoding: .utf8)
    #expect(try run("update", old).errors.contains("--force takes it"))
    #expect(try run("inspect").output.contains("part of the program"))

    #expect(try run("update", old, "--force").status == 0)
    let place = home.file(".config/vestige/aws-iam.tsv")
    #expect(try run("inspect").output.contains(place))
    let command = ["policy", "generate", folder.file("trail.json"), "--dialect", "aws"]
    #expect(try CommandRun(command, home: home).output.contains("\"date\": \"2019-"))

    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.copyItem(atPath: altered, toPath: place)
    let refused = try CommandRun(command, home: home)
    #expect(refused.status == 2 && refused.errors.contains(place))
    #expect(try run("update", Self.catalogue).status == 0, "a new one mends it")
  }
}
