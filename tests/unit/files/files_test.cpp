// SPDX-License-Identifier: Apache-2.0
// Files that a user names: what is read, what is written, and what would be overwritten.
#include "platform/files/input_file.hpp"
#include "platform/files/output_file.hpp"
#include "platform/files/temporary_names.hpp"
#include "support/error_text.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

namespace flexv::platform {

namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using test::ScratchFolder;

std::size_t entries(const ScratchFolder& folder) {
    return std::size_t(std::distance(fs::directory_iterator(folder.path()), {}));
}

void write_file(const std::string& path, const std::string& text) {
    OutputFile file("--report", path);
    file.write(text);
    file.commit();
    CHECK(file.problem().empty());
}

std::string refusal(const std::string& path) {
    return error_of([&path] { const OutputFile file("--report", path); });
}

mode_t mode_of(const std::string& path) {
    struct stat found = {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("a file appears whole, when it is committed", "[files]") {
    const ScratchFolder folder;
    OutputFile file("--report", folder.file("out"));
    file.write("one");

    CHECK_FALSE(fs::exists(folder.file("out")));

    file.write("two");
    file.commit();
    CHECK(folder.read("out") == "onetwo");
    CHECK(entries(folder) == 1);
}

TEST_CASE("a file that is not committed leaves the old one, and nothing else", "[files]") {
    const ScratchFolder folder;
    folder.write("out", "old");
    {
        OutputFile file("--report", folder.file("out"));
        file.write(std::string(1'000'000, 'x'));
    }

    CHECK(folder.read("out") == "old");
    CHECK(entries(folder) == 1);
}

TEST_CASE(
    "a new file has the permissions that the user's mask leaves, a replaced one keeps its own",
    "[files]") {
    const ScratchFolder folder;
    const mode_t mask = ::umask(027);
    write_file(folder.file("new"), "x");
    ::umask(mask);
    folder.write("old", "old");
    fs::permissions(folder.file("old"), fs::perms(0604));

    write_file(folder.file("old"), "x");

    CHECK(mode_of(folder.file("new")) == 0640);
    CHECK(mode_of(folder.file("old")) == 0604);
}

TEST_CASE("through a link its target is replaced, also one that is not there yet", "[files]") {
    const ScratchFolder folder;
    fs::create_directory(folder.file("far"));
    fs::create_symlink("far/target", folder.file("link"));
    fs::create_symlink("link", folder.file("chain"));

    write_file(folder.file("chain"), "first");
    write_file(folder.file("chain"), "second");

    CHECK(folder.read("far/target") == "second");
    CHECK(fs::is_symlink(folder.file("link")));
    CHECK(fs::is_symlink(folder.file("chain")));
}

TEST_CASE("what cannot be written is refused before it is", "[files]") {
    const ScratchFolder folder;
    fs::create_directory(folder.file("sub"));
    fs::create_symlink("circle", folder.file("circle"));
    folder.write("plain", "x");

    CHECK_THAT(refusal(folder.file("sub")), Contains("is a folder, not a file"));
    CHECK_THAT(refusal(folder.file("sub/")), Contains("is a folder, not a file"));
    CHECK_THAT(refusal(folder.file("none/out")), Contains("none: No such file or directory"));
    CHECK_THAT(refusal(folder.file("plain/out")), Contains("Not a directory"));
    CHECK_THAT(refusal(folder.file("circle")), Contains("Too many levels of symbolic links"));
    CHECK_THAT(refusal(folder.file(std::string(300, 'n'))), Contains("File name too long"));
    CHECK_THAT(refusal("/proc/flexv"), Contains("--report /proc/flexv: cannot be written"));
}

TEST_CASE("two outputs are not the same file, whatever they are called", "[files]") {
    const ScratchFolder folder;
    folder.write("there", "x");
    fs::create_hard_link(folder.file("there"), folder.file("hard"));
    fs::create_symlink("there", folder.file("soft"));
    fs::create_symlink("new", folder.file("dangling"));
    const OutputFile there("--wave", folder.file("there"));
    const OutputFile fresh("--trace", folder.file("new"));

    for (const char* name : {"there", "./there", "hard", "soft"})
        CHECK_THAT(refusal(folder.file(name)), Contains("is the same file as --wave"));
    for (const char* name : {"new", ".//new", "dangling"})
        CHECK_THAT(refusal(folder.file(name)), Contains("is the same file as --trace"));
    CHECK(refusal(folder.file("other")) == "no error");
}

TEST_CASE("an output may have the place of one that is done", "[files]") {
    const ScratchFolder folder;
    write_file(folder.file("out"), "first");

    CHECK(refusal(folder.file("out")) == "no error");
}

TEST_CASE("an output does not overwrite what was read", "[files]") {
    const ScratchFolder folder;
    const std::string path = folder.write("in", "text");
    fs::create_symlink("in", folder.file("link"));

    CHECK(read_input(path, 100, "firmware in") == "text");

    CHECK_THAT(refusal(folder.file("link")), Contains("would overwrite an input (firmware in)"));
    CHECK(folder.read("in") == "text");
}

TEST_CASE("what an output will replace is not read as an input", "[files]") {
    const ScratchFolder folder;
    const std::string path = folder.write("state", "text");
    const OutputFile output("--report", path);

    CHECK_THROWS_WITH(read_input(path, 100, "checkpoint state"),
                      Contains("checkpoint state: --report") && Contains("would overwrite it"));
}

TEST_CASE("streams are written at once, and may be shared", "[files]") {
    const ScratchFolder folder;
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    std::string got;
    std::thread reader([&] { got = read_input(folder.file("pipe"), 100, "pipe"); });

    write_file(folder.file("pipe"), "through");
    reader.join();

    CHECK(got == "through");
    CHECK(fs::is_fifo(folder.file("pipe")));
    const OutputFile one("--report", "/dev/null");
    const OutputFile other("--trace", "/dev/null");
}

TEST_CASE("a descriptor is written where it stands", "[files]") {
    const ScratchFolder folder;
    const int descriptor = ::open(folder.file("log").c_str(), O_CREAT | O_WRONLY, 0600);
    REQUIRE(::write(descriptor, "before ", 7) == 7);

    write_file("/dev/fd/" + std::to_string(descriptor), "now ");
    write_file("/proc/self/fd/" + std::to_string(descriptor), "then");

    CHECK(folder.read("log") == "before now then");
    CHECK_THAT(refusal(folder.file("log") + "/"), Contains("Not a directory"));
    ::close(descriptor);
    CHECK_THAT(refusal("/dev/fd/" + std::to_string(descriptor)), Contains("Bad file descriptor"));
}

TEST_CASE("a full device is told at the end, and nothing is thrown before", "[files]") {
    OutputFile file("--trace", "/dev/full");
    for (int i = 0; i < 100; ++i)
        file.write(std::string(10'000, 'x'));

    CHECK(file.has_failed());
    CHECK_FALSE(file.has_lost_reader());
    file.commit();
    CHECK(file.problem() == "--trace /dev/full: cannot be written: No space left on device");
}

TEST_CASE("a limit of file sizes leaves the old file", "[files]") {
    const ScratchFolder folder;
    folder.write("out", "old");
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
    std::string message;
    {
        OutputFile file("--report", folder.file("out"));
        file.write(std::string(5000, 'x'));
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        file.commit();
        message = file.problem();
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    }

    CHECK_THAT(message, Contains("cannot be written: File too large"));
    CHECK(folder.read("out") == "old");
    CHECK(entries(folder) == 1);
}

TEST_CASE("only files and pipes are read, and not without end", "[files]") {
    const ScratchFolder folder;
    const std::string path = folder.write("in", std::string(1000, 'x'));
    const auto refused = [](const std::string& name, u64 most) {
        return error_of([&] { (void)read_input(name, most, "report"); });
    };

    CHECK(read_input(path, 1000, "report").size() == 1000);
    CHECK(refused(path, 999) == "report: is larger than 999 B, the most that is read");
    CHECK(refused("/dev/zero", 1000) == "report: is a device, not a file");
    CHECK(refused("/dev/null", 1000) == "report: is a device, not a file");
    CHECK(refused(folder.path(), 1000) == "report: is a folder, not a file");
    CHECK(refused(folder.file("none"), 1000) ==
          "report: cannot be read: No such file or directory");
}

TEST_CASE("a file that grows while it is read ends at the limit", "[files]") {
    const ScratchFolder folder;
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    std::signal(SIGPIPE, SIG_IGN);
    std::thread writer([&] {
        const int pipe = ::open(folder.file("pipe").c_str(), O_WRONLY);
        const std::string chunk(4096, 'x');
        while (::write(pipe, chunk.data(), chunk.size()) > 0) {
        }
        ::close(pipe);
    });

    const std::string message =
        error_of([&] { (void)read_input(folder.file("pipe"), 1'000'000, "report"); });
    writer.join();

    CHECK_THAT(message, Contains("is larger than"));
}

TEST_CASE("names of temporary files are removed by who is asked to, or forgotten", "[files]") {
    const ScratchFolder folder;
    const TemporaryName lost(folder.write("lost", "x"));
    TemporaryName kept(folder.write("kept", "x"));
    kept.forget();

    remove_temporary_names();

    CHECK_FALSE(fs::exists(folder.file("lost")));
    CHECK(fs::exists(folder.file("kept")));
}

}  // namespace flexv::platform
