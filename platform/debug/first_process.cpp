// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/first_process.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

namespace flexv::platform {

namespace {

constexpr int kStatusOfSignals = 128;  // 128 + N, as a shell says it

std::atomic<int> successor{-1};
static_assert(std::atomic<int>::is_always_lock_free, "the handler reads it");

/// What somebody sends to the process that he has started. A terminal sends to all by itself.
extern "C" void hand_on(int signal, siginfo_t* info, void* /*context*/) {
    if (info->si_code <= 0)
        kill(successor.load(), signal);
}

}  // namespace

FirstProcess::FirstProcess() : process_(getpid()) {
    for (auto* const ends : {&lifeline_, &successors_, &ways_})
        if (pipe2(ends->data(), O_CLOEXEC) != 0)
            throw UserError("--gdb: no pipe can be made for what has passed: too many open files");
    fcntl(successors_[0], F_SETFL, O_NONBLOCK);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

FirstProcess::~FirstProcess() {
    for (const auto& ends : {lifeline_, successors_, ways_})
        for (const int end : ends)
            close(end);
}

void FirstProcess::leave() { close(std::exchange(lifeline_[1], -1)); }

void FirstProcess::take_over() const {
    while (getppid() != process_)  // until the one between has ended
        std::this_thread::yield();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int self = getpid();
    static_cast<void>(write(successors_[1], &self, sizeof self) == sizeof self);
}

void FirstProcess::wait_for_way() const {
    char given = 0;
    while (read(ways_[0], &given, 1) < 0 && errno == EINTR) {
    }
}

void FirstProcess::give_way_to(int process) const {
    static_cast<void>(write(ways_[1], "", 1) == 1);
    if (getpid() == process_)
        stand_in_for(process);
    _exit(0);
}

/// Who has taken over from `process`; itself when nobody has.
int FirstProcess::latest(int process) const {
    int next = process;
    while (read(successors_[0], &next, sizeof next) == sizeof next)
        process = next;
    return process;
}

void FirstProcess::stand_in_for(int process) const {
    successor = process;
    struct sigaction action = {};
    action.sa_sigaction = hand_on;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (const int signal : {SIGHUP, SIGINT, SIGTERM})
        sigaction(signal, &action, nullptr);
    for (;;) {
        int status = 0;
        const int ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno != EINTR)
            _exit(kStatusOfSignals + SIGKILL);
        if (ended != successor.load())
            continue;
        successor = latest(ended);
        if (ended == successor.load())
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : kStatusOfSignals + WTERMSIG(status));
    }
}

}  // namespace flexv::platform
