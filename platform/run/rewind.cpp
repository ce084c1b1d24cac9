// SPDX-License-Identifier: Apache-2.0
#include "platform/run/rewind.hpp"

#include "base/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace flexv::platform {

namespace {

constexpr std::chrono::seconds kBetweenCopies{2};
constexpr std::chrono::seconds kPatience{20};
constexpr std::size_t kMostCopies = 3;
/// Instructions before the end from which on a copy looks at each one: more than a core can retire
/// between two looks at it.
constexpr u64 kAhead = 250'000;

/// Everything, through partial reads and signals. False at the end of the stream.
bool read_all(int descriptor, void* data, std::size_t bytes) {
    auto* to = static_cast<char*>(data);
    while (bytes > 0) {
        const ssize_t count = read(descriptor, to, bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        to += count;
        bytes -= std::size_t(count);
    }
    return true;
}

template <typename T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// What a copy writes must reach nobody, and what is read from a pipe would be missing elsewhere.
void cut_off_all_but(int kept) {
    const int nowhere = open("/dev/null", O_RDWR);
    std::vector<int> open_ones;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
        const std::string name = entry.path().filename();
        int number = -1;
        std::from_chars(name.data(), name.data() + name.size(), number);
        open_ones.push_back(number);
    }
    for (const int number : open_ones)
        if (number >= 0 && number != kept && number != nowhere && fcntl(number, F_GETFD) >= 0)
            dup2(nowhere, number);
}

}  // namespace

Rewind::~Rewind() {
    for (const Copy& copy : copies_)
        forget(copy);
}

void Rewind::forget(const Copy& copy) const {
    close(copy.request);
    close(copy.answer);
    kill(copy.process, SIGKILL);
    while (waitpid(copy.process, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::vector<u64> Rewind::instructions() const {
    std::vector<u64> counts;
    for (const core::Core* core : soc_.cores())
        counts.push_back(core->instructions());
    return counts;
}

bool Rewind::look() {
    if (out_ < 0 && !is_asleep_ && Clock::now() >= next_copy_) {
        copy();
        next_copy_ = Clock::now() + kBetweenCopies;
    }
    if (out_ < 0)
        return false;
    const core::Core& core = *soc_.cores().at(wanted_.core);
    if (!records_ && core.instructions() + kAhead >= wanted_.instructions)
        record();
    return soc_.now() >= wanted_.end;
}

/// From now on the copy looks at each instruction.
void Rewind::record() {
    records_ = true;
    for (core::Core* core : soc_.cores())
        core->attach(*this);
    for (core::DecodeCache* const code : soc_.codes())
        code->stop_everywhere(true);
}

void Rewind::copy() {
    std::array<int, 2> request{-1, -1};
    std::array<int, 2> answer{-1, -1};
    if (pipe2(request.data(), O_CLOEXEC) != 0)
        return;
    if (pipe2(answer.data(), O_CLOEXEC) != 0) {
        close(request[0]);
        close(request[1]);
        return;
    }
    const pid_t parent = getpid();
    const pid_t process = fork();
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            std::signal(signal, SIG_IGN);
        close(request[1]);
        close(answer[0]);
        for (const Copy& other : copies_) {
            close(other.request);
            close(other.answer);
        }
        copies_.clear();
        wait_for_request(request[0], answer[1]);
        return;
    }
    close(request[0]);
    close(answer[1]);
    if (process < 0) {
        close(request[1]);
        close(answer[0]);
        is_asleep_ = true;
        return;
    }
    copies_.push_back({.process = process,
                       .request = request[1],
                       .answer = answer[0],
                       .instructions = instructions()});
    if (copies_.size() > kMostCopies) {
        forget(copies_[1]);
        copies_.erase(copies_.begin() + 1);
    }
}

/// Returns when the program has asked; without that the copy ends with it.
void Rewind::wait_for_request(int request, int answer) {
    if (!read_all(request, &wanted_, sizeof wanted_))
        _exit(0);
    out_ = answer;
    cut_off_all_but(answer);
}

/// Called again for an instruction that has waited.
core::Permission Rewind::in_front(core::Core& core) {
    if (&core != soc_.cores().at(wanted_.core))
        return core::Permission::go;
    const PastInstruction now{.cycle = wanted_.start + core.active_cycles() + core.sleep_cycles(),
                              .number = core.instructions(),
                              .pc = core.hart().pc,
                              .is_legacy = core.hart().simd_legacy ? 1U : 0U,
                              .x = core.hart().x};
    if (!seen_.empty() && seen_.back().number == now.number && seen_.back().pc == now.pc)
        seen_.pop_back();
    seen_.push_back(now);
    if (seen_.size() > kInstructions)
        seen_.pop_front();
    return core::Permission::go;
}

void Rewind::tell() {
    if (out_ < 0)
        return;
    const u64 count = seen_.size();
    std::string text(bytes_of(count));
    for (const PastInstruction& instruction : seen_)
        text += bytes_of(instruction);
    static_cast<void>(console::write_all(out_, text));
    _exit(0);
}

/// The latest one that was made before what is wanted, else the first.
Rewind::Copy* Rewind::copy_for(unsigned core, u64 last) {
    for (std::size_t i = copies_.size(); i-- > 1;)
        if (copies_[i].instructions[core] + kInstructions <= last)
            return &copies_[i];
    return copies_.empty() ? nullptr : &copies_.front();
}

Rewind::Answer Rewind::past_of(const core::Core& core, Cycles start) {
    is_asleep_ = true;
    const unsigned index = unsigned(std::ranges::find(soc_.cores(), &core) - soc_.cores().begin());
    const Request wanted{
        .core = index, .instructions = core.instructions(), .start = start, .end = soc_.end()};
    const Copy* const copy = copy_for(index, wanted.instructions);
    if (copy == nullptr)
        return {.instructions = {}, .why_not = "not known, the program could not copy itself"};
    if (console::write_all(copy->request, bytes_of(wanted)) != 0)
        return {.instructions = {}, .why_not = "not known, the copy of the program is gone"};
    pollfd ready{.fd = copy->answer, .events = POLLIN, .revents = 0};
    const auto milliseconds = std::chrono::milliseconds(kPatience).count();
    u64 count = 0;
    if (poll(&ready, 1, int(milliseconds)) != 1 || !read_all(copy->answer, &count, sizeof count) ||
        count > kInstructions)
        return {.instructions = {}, .why_not = "not known, they lie too far back"};
    Answer answer;
    answer.instructions.resize(count);
    const std::size_t bytes = count * sizeof(PastInstruction);
    if (count == 0 || !read_all(copy->answer, answer.instructions.data(), bytes))
        return {.instructions = {}, .why_not = "none"};
    return answer;
}

}  // namespace flexv::platform
