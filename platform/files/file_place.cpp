// SPDX-License-Identifier: Apache-2.0
#include "platform/files/file_place.hpp"

#include "base/error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace flexv::platform {

namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as Linux does

/// N of /proc/<this process>/fd/N. Both other spellings, /dev/fd and /proc/self, are links to it.
std::optional<int> descriptor_of(const fs::path& folder, const std::string& name) {
    const std::string own = fmt::format("/proc/{}/", ::getpid());
    const std::string text = folder.string();
    if (!text.starts_with(own) || folder.filename() != "fd")
        return std::nullopt;
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || end != name.data() + name.size() || number < 0)
        return std::nullopt;
    return number;
}

FilePlace::Kind kind_of(mode_t mode) {
    using enum FilePlace::Kind;
    if (S_ISREG(mode))
        return regular;
    if (S_ISDIR(mode))
        return folder;
    return S_ISFIFO(mode) || S_ISSOCK(mode) ? pipe : device;
}

void describe(FilePlace& place, const struct stat& found) {
    if (!S_ISCHR(found.st_mode) && !S_ISBLK(found.st_mode))
        place.id = {.device = found.st_dev, .inode = found.st_ino};
    place.mode = found.st_mode & 07777;
}

/// The folder of `path`, which must exist, without links and dots.
fs::path folder_of(const fs::path& path) {
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code error;
    fs::path folder = fs::canonical(parent, error);
    std::error_code ignored;
    if (!error && !fs::is_directory(folder, ignored))
        error = std::make_error_code(std::errc::not_a_directory);
    if (error)
        throw UserError("folder {}: {}", parent.string(), error.message());
    return folder;
}

/// Looks at a path that is no link.
FilePlace place_at(const fs::path& folder, const fs::path& path) {
    FilePlace place{.path = path.string(), .folder = folder.string(), .id = {}, .mode = {}};
    struct stat found = {};
    if (::stat(place.path.c_str(), &found) == 0) {
        place.kind = kind_of(found.st_mode);
        describe(place, found);
    } else if (errno != ENOENT) {
        throw UserError("{}", std::strerror(errno));
    }
    return place;
}

}  // namespace

std::optional<FileId> id_of_descriptor(int descriptor) {
    struct stat found = {};
    FilePlace place;
    if (::fstat(descriptor, &found) == 0)
        describe(place, found);
    return place.id;
}

FilePlace find_place(const std::string& path) {
    fs::path current = path;
    for (int links = 0; links < kMaxLinks; ++links) {
        const fs::path folder = folder_of(current);
        const fs::path whole = folder / current.filename();
        if (const auto number = descriptor_of(folder, current.filename().string()))
            return {.kind = FilePlace::Kind::descriptor,
                    .path = whole.string(),
                    .folder = folder.string(),
                    .descriptor = *number,
                    .id = id_of_descriptor(*number),
                    .mode = {}};
        std::error_code error;
        if (!fs::is_symlink(whole, error))
            return place_at(folder, whole);
        const fs::path target = fs::read_symlink(whole, error);
        if (error)
            throw UserError("{}", error.message());
        current = folder / target;  // an absolute target replaces the folder
    }
    throw UserError("{}", std::strerror(ELOOP));
}

bool is_same_file(const FilePlace& one, const FilePlace& other) {
    if (one.id && other.id)
        return *one.id == *other.id;
    using enum FilePlace::Kind;
    return one.kind == missing && other.kind == missing && one.path == other.path;
}

}  // namespace flexv::platform
