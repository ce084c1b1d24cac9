// SPDX-License-Identifier: Apache-2.0
#include "platform/files/input_file.hpp"

#include "base/byte_text.hpp"
#include "base/error.hpp"
#include "platform/files/descriptor.hpp"
#include "platform/files/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace flexv::platform {

namespace {

struct Input {
    FilePlace place;
    std::string subject;
};

std::vector<Input>& inputs() {
    static std::vector<Input> all;
    return all;
}

[[noreturn]] void refuse(const std::string& subject, const std::string& why) {
    throw UserError("{}: {}", subject, why);
}

[[noreturn]] void refuse_size(const std::string& subject, u64 max_bytes) {
    throw UserError("{}: is larger than {}, the most that is read", subject, bytes_text(max_bytes));
}

/// A stream that is open already is read on, a path is opened.
int open_input(const FilePlace& place) {
    return place.kind == FilePlace::Kind::descriptor
               ? ::fcntl(place.descriptor, F_DUPFD_CLOEXEC, 0)
               : ::open(place.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/// Before it is opened: some devices act on that.
void require_contents(mode_t mode, const std::string& subject) {
    if (S_ISDIR(mode))
        refuse(subject, "is a folder, not a file");
    if (S_ISCHR(mode) || S_ISBLK(mode))
        refuse(subject, "is a device, not a file");
}

std::string read_to_end(int descriptor, u64 max_bytes, const std::string& subject) {
    constexpr std::size_t kChunk = 1 << 16;
    std::string text;
    for (;;) {
        const std::size_t size = text.size();
        text.resize(size + kChunk);
        const ssize_t got = ::read(descriptor, text.data() + size, kChunk);
        if (got < 0 && errno != EINTR)
            refuse(subject, fmt::format("cannot be read: {}", std::strerror(errno)));
        text.resize(size + std::size_t(std::max<ssize_t>(got, 0)));
        if (got == 0)
            return text;
        if (text.size() > max_bytes)
            refuse_size(subject, max_bytes);
    }
}

}  // namespace

std::string read_input(const std::string& path, u64 max_bytes, const std::string& subject) {
    FilePlace place;
    try {
        place = find_place(path);
    } catch (const UserError& error) {
        refuse(subject, fmt::format("cannot be read: {}", error.what()));
    }
    const auto output = place.kind == FilePlace::Kind::regular ? output_at(place) : std::nullopt;
    if (output)
        refuse(subject, fmt::format("{} would overwrite it; name another file", *output));
    struct stat found = {};
    if (place.kind != FilePlace::Kind::descriptor && ::stat(place.path.c_str(), &found) == 0)
        require_contents(found.st_mode, subject);
    const Descriptor file(open_input(place));
    if (file.number() < 0 || ::fstat(file.number(), &found) != 0)
        refuse(subject, fmt::format("cannot be read: {}", std::strerror(errno)));
    require_contents(found.st_mode, subject);
    if (S_ISREG(found.st_mode) && u64(found.st_size) > max_bytes)
        refuse_size(subject, max_bytes);
    std::string text = read_to_end(file.number(), max_bytes, subject);
    inputs().push_back({.place = std::move(place), .subject = subject});
    return text;
}

std::optional<std::string> input_at(const FilePlace& place) {
    for (const Input& input : inputs())
        if (is_same_file(input.place, place))
            return input.subject;
    return std::nullopt;
}

}  // namespace flexv::platform
