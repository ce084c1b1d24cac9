// SPDX-License-Identifier: Apache-2.0
#include "base/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace flexv::console {

namespace {

int first_failure = 0;

/// Behind a write that failed: a signal came in between, or a pipe that does not block is full.
bool may_try_again(int descriptor) noexcept {
    if (errno != EAGAIN)
        return errno == EINTR;
    pollfd until_free{.fd = descriptor, .events = POLLOUT, .revents = 0};
    return ::poll(&until_free, 1, -1) == 1 || errno == EINTR;
}

}  // namespace

int write_all(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && !may_try_again(descriptor))
            return errno;
        if (written < 0)
            continue;
        text.remove_prefix(std::size_t(written));
    }
    return 0;
}

void tell(std::string_view text) noexcept { static_cast<void>(write_all(STDERR_FILENO, text)); }

void put(std::string_view text) noexcept {
    if (first_failure == 0)
        first_failure = write_all(STDOUT_FILENO, text);
}

int failure() noexcept { return first_failure; }

std::string problem() {
    return first_failure == 0
               ? std::string{}
               : fmt::format("stdout cannot be written: {}", std::strerror(first_failure));
}

void prepare() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) == -1)  // open() gives the lowest number that is free
            static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace flexv::console
