// SPDX-License-Identifier: Apache-2.0
#include "knowledge/library.hpp"

#include "knowledge/testing/library_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using parley::testing::TemporaryDirectory;
using runtime::Context;
using runtime::ErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LibraryTest : public ::testing::Test {
 protected:
  TemporaryDirectory folder;
  testing::LibraryRunner runner{folder.path()};
  Context context;
};

TEST_F(LibraryTest, AnAddedDocumentIsFoundWithItsExactPlace) {
  const auto document =
      runner.index("docs/leave.md", "# Leave\n\n## Holiday\n\nEveryone gets 25 days a year.\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->filename, "docs/leave.md");
  EXPECT_EQ(document->title, "Leave");
  EXPECT_EQ(document->status, DocumentStatus::kCompleted);
  EXPECT_EQ(document->chunks, 1);
  const auto found = runner.search("how many DAYS of holiday does everyone get");
  ASSERT_THAT(found.hits, SizeIs(1));
  const Hit& hit = found.hits.front();
  EXPECT_EQ(hit.document_id, document->id);
  EXPECT_EQ(hit.heading, "Holiday");
  EXPECT_EQ(hit.text, "Everyone gets 25 days a year.");
  const auto content = runner.run(runner.library().content(context, document->id));
  ASSERT_TRUE(content);
  EXPECT_EQ(
      content->substr(static_cast<std::size_t>(hit.start), static_cast<std::size_t>(hit.end - hit.start)),
      hit.text);
}

TEST_F(LibraryTest, SpokenNumbersFindWrittenOnes) {
  ASSERT_TRUE(runner.index("a.txt", "The shop opens at 9:30 and the deposit is $1,250."));
  ASSERT_TRUE(runner.index("b.txt", "The other shop opens late and needs none."));
  EXPECT_EQ(runner.search("who opens at half past nine").hits.front().filename, "a.txt");
  EXPECT_EQ(runner.search("twelve hundred and fifty dollars").hits.front().filename, "a.txt");
}

TEST_F(LibraryTest, AQueryTellsWhatItsWordsAreWorth) {
  ASSERT_TRUE(runner.index("a.txt", "bike bike lock"));
  ASSERT_TRUE(runner.index("b.txt", "bike helmet"));
  const auto found = runner.search("the bike helmet zeppelin");
  EXPECT_THAT(found.unknown_stems, ElementsAre("zeppelin"));
  EXPECT_GT(found.term_weights.at("zeppelin"), found.term_weights.at("helmet"));
  EXPECT_GT(found.term_weights.at("helmet"), found.term_weights.at("bike"));
  EXPECT_NEAR(found.term_weights.at("helmet"), std::log(1 + (100 - 1 + 0.5) / 1.5), 1e-9);
  EXPECT_EQ(found.hits.front().filename, "b.txt");
}

TEST_F(LibraryTest, QueriesAreWordsAndNeverSyntax) {
  ASSERT_TRUE(runner.index("a.txt", "near the harbor or not: title and body"));
  for (const char* query :
       {"\"", "a AND", "NEAR(", "title:", "*", "' OR 1=1 --", "((((", "^harbor", "\xff\xfe", "{a b}:c"}) {
    const auto found = runner.search(query);
    EXPECT_LE(found.hits.size(), 1U) << query;
  }
  EXPECT_THAT(runner.search("harbor NOT title").hits, SizeIs(1));
  EXPECT_THAT(runner.search("what is it").hits, IsEmpty());
  EXPECT_THAT(runner.search("").hits, IsEmpty());
  EXPECT_THAT(runner.search(std::string(100'000, 'x') + " harbor").hits, IsEmpty());
}

TEST_F(LibraryTest, TenantsDoNotSeeEachOther) {
  Context other;
  other.tenant = "other";
  const auto mine = runner.index("a.txt", "bike shop");
  ASSERT_TRUE(runner.index("b.txt", "bike bike bike", other));
  EXPECT_THAT(runner.search("bike").hits, SizeIs(1));
  EXPECT_THAT(runner.search("bike", 5, other).hits, SizeIs(1));
  EXPECT_NEAR(runner.search("bike", 5, other).term_weights.at("bike"), std::log(1 + (100 - 1 + 0.5) / 1.5),
              1e-9);
  EXPECT_THAT(*runner.run(runner.library().list(other)), SizeIs(1));
  EXPECT_EQ(runner.run(runner.library().get(other, mine->id)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(runner.run(runner.library().content(other, mine->id)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(runner.run(runner.library().remove(other, mine->id)).error().code, ErrorCode::kNotFound);
  Context nobody;
  nobody.tenant = "nobody";
  EXPECT_THAT(runner.search("bike", 5, nobody).hits, IsEmpty());
}

TEST_F(LibraryTest, TheSameBytesAgainAreTheSameDocument) {
  const auto first = runner.index("a.txt", "one text");
  const auto second = runner.index("a.txt", "one text");
  EXPECT_EQ(first->id, second->id);
  EXPECT_THAT(*runner.run(runner.library().list(context)), SizeIs(1));
}

TEST_F(LibraryTest, NewBytesTakeTheOldOnesPlace) {
  const auto first = runner.index("a.txt", "the old price is ten");
  const auto second = runner.index("a.txt", "the new price is twenty");
  EXPECT_NE(first->id, second->id);
  EXPECT_THAT(runner.search("old").hits, IsEmpty());
  EXPECT_THAT(runner.search("price").hits, SizeIs(1));
  EXPECT_EQ(runner.run(runner.library().get(context, first->id)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(runner.run(runner.library().status(context))->chunks, 1);
  const auto third = runner.index("a.txt", "the old price is ten");
  EXPECT_NE(third->id, first->id);
  EXPECT_THAT(runner.search("new").hits, IsEmpty());
}

TEST_F(LibraryTest, FilesOfOneNameInTwoFoldersAreTwoDocuments) {
  ASSERT_TRUE(runner.index("x/notes.md", "the heron nests in the reeds"));
  ASSERT_TRUE(runner.index("y/notes.md", "the otter sleeps on its back"));
  EXPECT_EQ(runner.search("heron").hits.front().filename, "x/notes.md");
  EXPECT_EQ(runner.search("otter").hits.front().filename, "y/notes.md");
  EXPECT_EQ(runner.search("otter").hits.front().title, "notes");
}

TEST_F(LibraryTest, NoNameTellsWhereAFileLiesOnAMachine) {
  const std::pair<const char*, const char*> cases[] = {
      {"/srv/a/notes.md", "notes.md"},       {R"(C:\dir\notes.md)", "notes.md"},
      {"../../etc/notes.md", "notes.md"},    {R"(team\notes.md)", "team/notes.md"},
      {"./team//notes.md", "team/notes.md"},
  };
  for (const auto& [given, name] : cases) EXPECT_EQ(runner.index(given, "a note")->filename, name) << given;
}

TEST_F(LibraryTest, AWordIsWorthAsMuchInASmallLibrary) {
  ASSERT_TRUE(runner.index("a.txt", "Acme was founded in Leeds."));
  EXPECT_GT(runner.search("founded").term_weights.at("found"), 3);
}

TEST_F(LibraryTest, AFailedReplacementLeavesTheOldSearchable) {
  ASSERT_TRUE(runner.index("a.txt", "the old price"));
  const auto failed = runner.index("a.txt", std::string("\0\0\0\0binary", 10));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status, DocumentStatus::kFailed);
  EXPECT_THAT(failed->error, HasSubstr("no text"));
  EXPECT_THAT(runner.search("old").hits, SizeIs(1));
  ASSERT_TRUE(runner.index("a.txt", "the mended price"));
  EXPECT_THAT(*runner.run(runner.library().list(context)), SizeIs(1));
}

TEST_F(LibraryTest, RefusesAtOnceWhatCannotBe) {
  auto add = [&](std::string name, std::string bytes) {
    return runner.run(runner.library().add(context, std::move(name), std::move(bytes))).error().code;
  };
  EXPECT_EQ(add("a.pdf", "x"), ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(add("a.txt", ""), ErrorCode::kBadRequest);
  EXPECT_EQ(add("dir/", "x"), ErrorCode::kBadRequest);
  EXPECT_EQ(add("..", "x"), ErrorCode::kBadRequest);
  EXPECT_EQ(add("\xff.txt", "x"), ErrorCode::kBadRequest);
  EXPECT_EQ(add(std::string(300, 'n') + ".txt", "x"), ErrorCode::kBadRequest);
  std::string too_large;
  too_large.resize(50'000'001, 'x');
  EXPECT_EQ(add("a.txt", too_large), ErrorCode::kPayloadTooLarge);
  EXPECT_THAT(*runner.run(runner.library().list(context)), IsEmpty());
}

TEST_F(LibraryTest, ARemovedDocumentIsGone) {
  const auto document = runner.index("a.txt", "bike shop");
  ASSERT_TRUE(runner.run(runner.library().remove(context, document->id)));
  const auto found = runner.search("bike");
  EXPECT_THAT(found.hits, IsEmpty());
  EXPECT_THAT(found.unknown_stems, ElementsAre("bike"));
  EXPECT_THAT(*runner.run(runner.library().list(context)), IsEmpty());
  EXPECT_EQ(runner.run(runner.library().remove(context, document->id)).error().code, ErrorCode::kNotFound);
}

TEST_F(LibraryTest, ProgressIsTold) {
  auto events = runner.library().progress(context);
  const auto document = runner.index("a.txt", "bike shop");
  std::vector<DocumentStatus> seen;
  while (seen.empty() || seen.back() != DocumentStatus::kCompleted) {
    const auto event = runner.run(events.next());
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->document.id, document->id);
    seen.push_back((*event)->document.status);
  }
  EXPECT_THAT(seen,
              ElementsAre(DocumentStatus::kPending, DocumentStatus::kProcessing, DocumentStatus::kCompleted));
  EXPECT_THAT(runner.metrics().expose(), HasSubstr("parley_documents_total{status=\"completed\"} 1"));
}

TEST_F(LibraryTest, WaitingForARemovedDocumentEnds) {
  EXPECT_EQ(runner.run(runner.library().wait(context, "doc_absent")).error().code, ErrorCode::kNotFound);
}

TEST_F(LibraryTest, ASearchEndsWithItsContext) {
  Context late = context;
  late.deadline = runtime::SystemClock().now() - std::chrono::seconds(1);
  const auto found = runner.run(runner.library().retriever()->search(late, {"bike", 5}));
  EXPECT_EQ(found.error().code, ErrorCode::kTimeout);
}

TEST(LibraryRestart, TakesUpWhatWasPending) {
  const TemporaryDirectory folder;
  const Context context;
  {
    // Only stored: what a process leaves that was killed right after it acknowledged.
    auto database =
        *storage::Database::open({.file = folder.path() / "parley.db", .extensions = database_extensions()});
    DocumentStore store(*database);
    ASSERT_TRUE(store.add(context, {"a.txt", "hash", "bike shop", 1}));
  }
  testing::LibraryRunner runner(folder.path());
  const auto documents = runner.run(runner.library().list(context));
  ASSERT_THAT(*documents, SizeIs(1));
  const auto document = runner.run(runner.library().wait(context, documents->front().id));
  EXPECT_EQ(document->status, DocumentStatus::kCompleted);
  EXPECT_THAT(runner.search("bike").hits, SizeIs(1));
}

}  // namespace
}  // namespace parley::knowledge
