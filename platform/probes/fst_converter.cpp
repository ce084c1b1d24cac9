// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/fst_converter.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/files/output_file.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace flexv::platform {

namespace {

// vcd2fst needs a name for its output and for a second file beside it. The shell removes both, also
// when this program has ended before it.
constexpr const char* kScript =
    "folder=$(mktemp -d) || exit\n"
    "trap 'rm -rf \"$folder\"' EXIT\n"
    "trap 'exit 1' HUP INT TERM\n"
    "vcd2fst -v - -f \"$folder/wave\" >/dev/null && cat \"$folder/wave\"\n";

constexpr const char* kFailure =
    "vcd2fst failed; is there room on this disk and in the folder for temporary files (TMPDIR)?";

/// How the process begins: in a group of its own, so that Ctrl-C does not reach it, and with the
/// signals that this program ignores.
class SpawnSetup {
public:
    SpawnSetup(int in, int out) {
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGPIPE);
        sigaddset(&signals, SIGXFSZ);
        posix_spawnattr_setsigdefault(&attributes, &signals);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnSetup() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;

    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};
};

/// The blocks of the format (a byte of type, eight bytes of length, most significant first) follow
/// each other to the very end. vcd2fst does not notice a full disk: then they do not. Source:
/// GTKWave's documentation of FST.
bool is_whole(int descriptor) {
    struct stat found = {};
    if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode))
        return true;  // a stream: nothing to look at
    off_t place = 0;
    while (place < found.st_size) {
        std::array<unsigned char, 9> head{};
        if (::pread(descriptor, head.data(), head.size(), place) != ssize_t(head.size()))
            return false;
        u64 length = 0;
        for (std::size_t i = 1; i < head.size(); ++i)
            length = length << 8 | head[i];
        if (length < 8 || length >= u64(found.st_size))
            return false;
        place += off_t(1 + length);
    }
    return place == found.st_size && place != 0;
}

}  // namespace

FstConverter::FstConverter(OutputFile& file) : file_(file) {
    if (std::system("command -v vcd2fst >/dev/null 2>&1") != 0)
        throw UserError(
            "{}: FST is written through vcd2fst, which is not installed\n"
            "  hint: apt-get install gtkwave, or name a .vcd file",
            file.name());
    start();
}

FstConverter::~FstConverter() { wait(); }

void FstConverter::start() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw UserError("{}: cannot start vcd2fst: {}", file_.name(), std::strerror(errno));
    const SpawnSetup setup(ends[0], file_.descriptor());
    std::array<const char*, 4> command = {"sh", "-c", kScript, nullptr};
    const int error = posix_spawnp(&process_, "sh", &setup.files, &setup.attributes,
                                   const_cast<char* const*>(command.data()), environ);
    ::close(ends[0]);
    pipe_ = ends[1];
    if (error != 0) {
        process_ = -1;
        wait();
        throw UserError("{}: cannot start vcd2fst: {}", file_.name(), std::strerror(error));
    }
}

void FstConverter::write(std::string_view text) {
    if (file_.has_failed())
        return;
    if (console::write_all(pipe_, text) != 0)
        file_.fail(kFailure);
}

bool FstConverter::wait() {
    if (pipe_ >= 0)
        ::close(pipe_);
    pipe_ = -1;
    int status = 0;
    const bool has_ended = process_ > 0 && ::waitpid(process_, &status, 0) == process_;
    process_ = -1;
    return has_ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void FstConverter::finish() {
    if (!wait() || !is_whole(file_.descriptor()))
        file_.fail(kFailure);
}

}  // namespace flexv::platform
