// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/history.hpp"

#include "base/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace flexv::platform {

namespace {

/// The signals by which a user ends a run: a copy that waits is none of his.
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

/// They are ignored as long as one of these is there.
class DeafToSignals {
public:
    DeafToSignals() {
        struct sigaction ignore = {};
        ignore.sa_handler = SIG_IGN;
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            sigaction(kSignals[i], &ignore, &before_[i]);
    }
    ~DeafToSignals() {
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            sigaction(kSignals[i], &before_[i], nullptr);
    }
    DeafToSignals(const DeafToSignals&) = delete;
    DeafToSignals& operator=(const DeafToSignals&) = delete;

private:
    std::array<struct sigaction, kSignals.size()> before_{};
};

constexpr const char* kNoAnswer = "none";

/// Running on from where a copy was made leads to the place. A core that has retired as many
/// instructions may be busy with the next one already, but for the first.
bool leads_to(const History::Present& made, const Place& place) {
    if (place.thread == 0 || place.instructions == 0)
        return true;
    return made.instructions[place.thread - 1] < place.instructions;
}

/// The debugger has stopped a core at the place when the copy was made.
bool stands_at(const History::Present& made, const Place& place) {
    return place.thread != 0 && made.front == place;
}

/// One message; empty when whoever sends has ended.
std::string receive(int line) {
    constexpr std::size_t kMost = 1 << 16;
    std::string message(kMost, '\0');
    ssize_t count = -1;
    do
        count = recv(line, message.data(), message.size(), 0);
    while (count < 0 && errno == EINTR);
    message.resize(count < 0 ? 0 : std::size_t(count));
    return message;
}

bool send_message(int line, std::string_view message) {
    return send(line, message.data(), message.size(), MSG_NOSIGNAL) == ssize_t(message.size());
}

}  // namespace

std::optional<Journey> History::keep(const Present& present) {
    if (!first_process_)
        first_process_.emplace();
    Copy copy{.made = present};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, copy.line.data()) != 0)
        return std::nullopt;
    const pid_t process = fork();
    if (process < 0) {
        drop(copy);
        return std::nullopt;
    }
    copy.process = process == 0 ? getpid() : process;
    copies_.push_back(copy);
    next_copy_ = Clock::now() + interval_;
    if (process == 0) {
        first_process_->leave();
        const Journey journey = wait(copy);
        begin_journey(journey, copy);
        return journey;
    }
    thin_out();
    return std::nullopt;
}

/// Every second one goes, and they are made half as often.
void History::thin_out() {
    if (copies_.size() <= kMostCopies)
        return;
    interval_ *= 2;
    for (std::size_t i = first_known_ + 1; i < copies_.size(); ++i) {
        drop(copies_[i]);
        copies_.erase(copies_.begin() + std::ptrdiff_t(i));
    }
}

/// Also the child of another copy.
void History::drop(const Copy& copy) {
    for (const int end : copy.line)
        close(end);
    if (copy.process < 0)
        return;
    kill(copy.process, SIGKILL);
    while (waitpid(copy.process, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void History::cut() {
    for (; copies_.size() > 1; copies_.pop_back())
        drop(copies_.back());
    first_known_ = copies_.size();
}

void History::forget() {
    for (const Copy& copy : copies_)
        drop(copy);
    copies_.clear();
    first_known_ = 0;
    interval_ = kInterval;
}

// Copies.

/// Returns in a copy of the one that waits.
Journey History::wait(const Copy& self) const {
    const DeafToSignals deaf;
    for (;;) {
        std::array<pollfd, 2> ready = {
            pollfd{.fd = self.line[1], .events = POLLIN, .revents = 0},
            pollfd{.fd = first_process_->lifeline(), .events = POLLIN, .revents = 0}};
        if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR)
            _exit(1);
        if (ready[1].revents != 0)
            _exit(0);
        if ((ready[0].revents & POLLIN) == 0)
            continue;
        Journey journey = journey_of(receive(self.line[1]));
        if (is_sent_out(self, journey))
            return journey;
    }
}

/// True in a copy of `self`. It is two generations away: who searches is waited for, who takes over
/// becomes a child of the first process.
bool History::is_sent_out(const Copy& self, const Journey& journey) {
    const pid_t between = fork();
    if (between != 0) {
        while (waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
        }
        return false;
    }
    const pid_t traveller = fork();
    if (traveller == 0)
        return true;
    int status = traveller < 0 ? 1 : 0;
    if (traveller > 0 && journey.kind == Journey::Kind::search)
        waitpid(traveller, &status, 0);
    if (status != 0)
        send_message(self.line[1], kNoAnswer);
    _exit(0);
}

void History::begin_journey(const Journey& journey, const Copy& self) {
    answer_ = self.line[1];
    mute();
    if (journey.kind == Journey::Kind::search)
        return;
    std::erase_if(copies_, [&](const Copy& copy) {
        return std::ranges::find(journey.copies, copy.process) == journey.copies.end();
    });
    first_known_ = std::min(first_known_, copies_.size() - 1);
    first_process_->take_over();
    send_message(answer_, std::to_string(getpid()));
    first_process_->wait_for_way();  // else it could read from this line what is for the other
}

void History::mute() {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        real_output_[std::size_t(stream - STDOUT_FILENO)] = fcntl(stream, F_DUPFD_CLOEXEC, 3);
        dup2(nowhere, stream);
    }
    close(nowhere);
}

void History::arrive() {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        int& real = real_output_[std::size_t(stream - STDOUT_FILENO)];
        dup2(real, stream);
        close(std::exchange(real, -1));
    }
}

void History::answer(const std::optional<PastStop>& found) const {
    send_message(answer_, message_of(found));
    _exit(0);
}

// Going back.

/// The first message that comes; kNoAnswer when there is none.
std::string History::ask(const Copy& copy, const Journey& journey,
                         const std::function<bool()>& must_end) {
    constexpr int kPatience = 100;  // milliseconds between two looks at must_end
    if (!send_message(copy.line[0], message_of(journey)))
        return kNoAnswer;
    pollfd ready{.fd = copy.line[0], .events = POLLIN, .revents = 0};
    while (poll(&ready, 1, kPatience) <= 0)
        if (must_end())
            return kNoAnswer;
    return receive(copy.line[0]);
}

std::optional<PastStop> History::last_stop(Journey journey, const std::function<bool()>& must_end) {
    journey.kind = Journey::Kind::search;
    for (std::size_t i = copies_.size(); i-- > first_known_ && !must_end();) {
        const Present& made = copies_[i].made;
        if (!leads_to(made, journey.place) || stands_at(made, journey.place))
            continue;
        const std::string message = ask(copies_[i], journey, must_end);
        if (message == kNoAnswer)
            return std::nullopt;
        if (const auto found = past_stop_of(message))
            return found;
        journey.end = made.cycle;
    }
    return std::nullopt;
}

void History::go_to(Journey journey) {
    journey.kind = Journey::Kind::place;
    for (std::size_t i = copies_.size(); i-- > first_known_;)
        if (leads_to(copies_[i].made, journey.place) || stands_at(copies_[i].made, journey.place))
            return give_way_to(i, std::move(journey));
}

void History::go_to_earliest(Journey journey) {
    journey.kind = Journey::Kind::here;
    if (first_known_ < copies_.size())
        give_way_to(first_known_, std::move(journey));
}

void History::go_to_start(Journey journey) {
    journey.kind = Journey::Kind::here;
    if (!copies_.empty())
        give_way_to(0, std::move(journey));
}

/// What was copied later than that is a future which will be another one.
void History::give_way_to(std::size_t index, Journey journey) {
    for (std::size_t i = 0; i <= index; ++i)
        journey.copies.push_back(copies_[i].process);
    const std::string message = ask(copies_[index], journey, [] { return false; });
    if (message == kNoAnswer)
        return;
    for (; copies_.size() > index + 1; copies_.pop_back())
        drop(copies_.back());
    first_process_->give_way_to(std::stoi(message));
}

}  // namespace flexv::platform
