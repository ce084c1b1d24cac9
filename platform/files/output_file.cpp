// SPDX-License-Identifier: Apache-2.0
#include "platform/files/output_file.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/files/input_file.hpp"
#include "platform/files/temporary_names.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace flexv::platform {

namespace {

using Kind = FilePlace::Kind;

constexpr std::size_t kBufferBytes = 1 << 16;
constexpr mode_t kNewFile = 0666;  // less the user's mask

struct Open {
    const OutputFile* file;
    FilePlace place;
    std::string name;
};

std::vector<Open>& open_outputs() {
    static std::vector<Open> all;
    return all;
}

/// A file without a name disappears with the process, however that ends.
int open_nameless(const std::string& folder) {
    return ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kNewFile);
}

/// Permissions, and where that is allowed owner and group, of the file that is replaced.
void copy_owner(int descriptor, const FilePlace& place) {
    struct stat old = {};
    if (!place.mode || ::stat(place.path.c_str(), &old) != 0)
        return;
    if (::fchown(descriptor, old.st_uid, old.st_gid) != 0)
        errno = 0;  // only root may give files away
    static_cast<void>(::fchmod(descriptor, *place.mode & 0777));
}

}  // namespace

OutputFile::OutputFile(std::string what, std::string path)
    : what_(std::move(what)), path_(std::move(path)) {
    try {
        place_ = find_place(path_);
    } catch (const UserError& error) {
        refuse(fmt::format("cannot be written: {}", error.what()));
    }
    if (place_.kind == Kind::folder)
        refuse("is a folder, not a file");
    refuse_conflicts();
    if (is_stream())
        open_stream();
    else
        open_beside();
    open_outputs().push_back({.file = this, .place = place_, .name = name()});
}

OutputFile::~OutputFile() {
    close();
    std::erase_if(open_outputs(), [this](const Open& open) { return open.file == this; });
}

void OutputFile::refuse(std::string_view why) const { throw UserError("{}: {}", name(), why); }

bool OutputFile::is_stream() const {
    return place_.kind != Kind::missing && place_.kind != Kind::regular;
}

void OutputFile::refuse_conflicts() const {
    if (const auto input = input_at(place_))
        refuse(fmt::format("would overwrite an input ({}); name another file", *input));
    if (is_stream())
        return;  // several may share a stream
    if (const auto other = output_at(place_))
        refuse(fmt::format("is the same file as {}; each output needs its own", *other));
    for (const auto& [number, name] :
         {std::pair{STDOUT_FILENO, "stdout"}, {STDERR_FILENO, "stderr"}})
        if (place_.id && place_.id == id_of_descriptor(number))
            refuse(
                fmt::format("is the file that {0} goes to; name another one, or /dev/{0}", name));
}

void OutputFile::open_stream() {
    descriptor_ = place_.kind == Kind::descriptor
                      ? ::fcntl(place_.descriptor, F_DUPFD_CLOEXEC, 0)
                      : ::open(place_.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor_ < 0)
        refuse(fmt::format("cannot be written: {}", std::strerror(errno)));
    if ((::fcntl(descriptor_, F_GETFL) & O_ACCMODE) == O_RDONLY) {
        close();
        refuse("cannot be written: is closed, or open for reading only");
    }
}

void OutputFile::open_beside() {
    if (place_.kind == Kind::regular && ::access(place_.path.c_str(), W_OK) != 0)
        refuse(fmt::format("cannot be written: {}", std::strerror(errno)));
    descriptor_ = open_nameless(place_.folder);
    if (descriptor_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        name_ = std::make_unique<TemporaryName>(temporary_path(place_.folder));
        descriptor_ =
            ::open(name_->path().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kNewFile);
    }
    if (descriptor_ < 0)
        refuse(
            fmt::format("cannot be written: folder {}: {}", place_.folder, std::strerror(errno)));
    copy_owner(descriptor_, place_);
}

void OutputFile::write(std::string_view text) {
    if (has_failed())
        return;
    buffer_ += text;
    if (buffer_.size() >= kBufferBytes)
        flush();
}

void OutputFile::flush() {
    if (has_failed())
        return;
    const int error = console::write_all(descriptor_, buffer_);
    buffer_.clear();
    if (error != 0)
        fail(error);
}

void OutputFile::fail(int error) {
    error_ = error;
    fail(std::string(std::strerror(error)));
}

/// The space of what is useless now goes to the outputs that can still become whole.
void OutputFile::fail(std::string why) {
    if (!has_failed())
        why_ = std::move(why);
    buffer_.clear();
    close();
}

void OutputFile::close() noexcept {
    if (descriptor_ >= 0)
        ::close(descriptor_);
    descriptor_ = -1;
    name_.reset();
}

bool OutputFile::has_lost_reader() const {
    return error_ == EPIPE && place_.kind == Kind::descriptor;
}

void OutputFile::commit() {
    flush();
    if (!has_failed() && !is_stream())
        publish();
    if (!has_failed() && ::close(std::exchange(descriptor_, -1)) != 0)
        fail(errno);
    close();
}

std::string OutputFile::problem() const {
    return has_failed() && !has_lost_reader()
               ? fmt::format("{}: cannot be written: {}", name(), why_)
               : std::string{};
}

/// Gives the file a name, and then the right one: what stood there is replaced in one step.
void OutputFile::publish() {
    if (!name_) {
        name_ = std::make_unique<TemporaryName>(temporary_path(place_.folder));
        const std::string source = fmt::format("/proc/self/fd/{}", descriptor_);
        if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name_->path().c_str(),
                     AT_SYMLINK_FOLLOW) != 0)
            return fail(errno);
    }
    if (std::rename(name_->path().c_str(), place_.path.c_str()) != 0)
        return fail(errno);
    name_->forget();
}

std::optional<std::string> output_at(const FilePlace& place) {
    const auto found = std::ranges::find_if(
        open_outputs(), [&](const Open& open) { return is_same_file(open.place, place); });
    return found == open_outputs().end() ? std::nullopt : std::optional(found->name);
}

}  // namespace flexv::platform
