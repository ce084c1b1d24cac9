// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "platform/files/descriptor.hpp"
#include "platform/files/endpoint.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace flexv::platform {

namespace {

using Clock = std::chrono::steady_clock;

/// Our side of a pair. While nobody has the other side open, it is hung up.
class PseudoTerminal final : public Endpoint {
public:
    explicit PseudoTerminal(const std::string& option) {
        std::array<char, 64> name{};
        if (ours_.number() < 0 || ::grantpt(ours_.number()) != 0 ||
            ::unlockpt(ours_.number()) != 0 ||
            ::ptsname_r(ours_.number(), name.data(), name.size()) != 0)
            throw UserError(
                "{} pty: there is no pseudo terminal: {}\n  hint: {} PATH makes a socket", option,
                std::strerror(errno), option);
        name_ = name.data();
        make_raw();
    }
    ~PseudoTerminal() override { close(); }
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;

    [[nodiscard]] std::string address() const override { return name_; }
    [[nodiscard]] bool is_connected() const override { return is_connected_; }

    /// The system does not tell of somebody who opens the other side.
    bool accept(Patience patience) override {
        constexpr Patience kBetweenLooks{20};
        const Clock::time_point last = Clock::now() + patience;
        while (!(is_connected_ = (events(POLLOUT, {}) & POLLHUP) == 0)) {
            const auto left = std::chrono::ceil<Patience>(last - Clock::now());
            if (left.count() <= 0)
                break;
            std::this_thread::sleep_for(std::min(left, kBetweenLooks));
        }
        return is_connected_;
    }
    [[nodiscard]] std::optional<std::string> receive(Patience patience) override {
        if (events(POLLIN, patience) == 0)
            return "";
        std::array<char, 4096> bytes{};
        const ssize_t count = ::read(ours_.number(), bytes.data(), bytes.size());
        if (count < 0)
            return nothing_unless_gone<std::string>();
        return std::string(bytes.data(), std::size_t(count));
    }
    [[nodiscard]] std::optional<std::size_t> send(std::string_view bytes,
                                                  Patience patience) override {
        const int happened = events(POLLOUT, patience);
        if ((happened & POLLHUP) != 0)
            return std::nullopt;
        if (happened == 0)
            return 0;
        last_sent_ = Clock::now();
        const ssize_t count = ::write(ours_.number(), bytes.data(), bytes.size());
        if (count < 0)
            return nothing_unless_gone<std::size_t>();
        return std::size_t(count);
    }
    /// With our side, what the other one has not read would be thrown away. What was sent just now
    /// may not even have arrived there.
    void close() override {
        constexpr std::chrono::milliseconds kOnTheWay{100};
        constexpr std::chrono::milliseconds kBetweenLooks{5};
        constexpr std::chrono::seconds kPatience{1};
        const Clock::time_point last = Clock::now() + kPatience;
        while (is_connected_ && Clock::now() < last &&
               (Clock::now() < last_sent_ + kOnTheWay || unread() > 0))
            std::this_thread::sleep_for(kBetweenLooks);
        is_connected_ = false;
    }

private:
    /// A terminal would echo what it gets and wait for the end of a line. Opened and closed once,
    /// the other side counts as hung up.
    void make_raw() const {
        const Descriptor theirs(::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios settings{};
        if (::tcgetattr(theirs.number(), &settings) != 0)
            return;
        ::cfmakeraw(&settings);
        ::tcsetattr(theirs.number(), TCSANOW, &settings);
    }
    [[nodiscard]] int unread() const {
        const Descriptor theirs(::open(name_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
        int count = 0;
        return ::ioctl(theirs.number(), FIONREAD, &count) == 0 ? count : 0;
    }
    [[nodiscard]] int events(short wanted, Patience patience) const {
        pollfd ours{.fd = ours_.number(), .events = wanted, .revents = 0};
        return ::poll(&ours, 1, int(patience.count())) == 1 ? ours.revents : 0;
    }
    /// Behind a transfer that has failed.
    template <typename Result>
    static std::optional<Result> nothing_unless_gone() {
        if (errno == EINTR || errno == EAGAIN)
            return Result{};
        return std::nullopt;
    }

    const Descriptor ours_{::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    std::string name_;
    bool is_connected_ = false;
    Clock::time_point last_sent_{};
};

}  // namespace

std::unique_ptr<Endpoint> make_pseudo_terminal(const std::string& option) {
    return std::make_unique<PseudoTerminal>(option);
}

}  // namespace flexv::platform
