// SPDX-License-Identifier: Apache-2.0
#include "platform/run/host_files.hpp"

#include "base/console.hpp"
#include "base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace flexv::platform {

HostFiles::HostFiles(const std::string& root) {
    if (root.empty())
        return;
    root_ = ::open(root.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (root_ < 0)
        throw UserError("--semihost-root {}: {}; expected a folder whose files firmware may use",
                        root, std::strerror(errno));
}

HostFiles::~HostFiles() {
    for (const auto& [handle, descriptor] : descriptors_)
        ::close(descriptor);
    if (root_ >= 0)
        ::close(root_);
}

bool HostFiles::fail(int error) {
    error_ = error;
    return false;
}

/// Part by part from the root on: "..", and links of any kind, lead nowhere.
int HostFiles::folder_of(std::string_view path, std::string& name) {
    if (root_ < 0 || path.find('\0') != std::string_view::npos) {
        fail(EACCES);
        return -1;
    }
    int folder = dup(root_);
    name.clear();
    while (!path.empty() && folder >= 0) {
        const std::string part(path.substr(0, path.find('/')));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        if (part.empty() || part == ".")
            continue;
        if (part == "..") {
            ::close(folder);
            fail(EACCES);
            return -1;
        }
        if (!name.empty()) {
            const int inner =
                openat(folder, name.c_str(), O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
            const int error = errno;
            ::close(folder);
            folder = inner;
            if (folder < 0)
                fail(error);
        }
        name = part;
    }
    if (folder >= 0 && name.empty()) {
        ::close(folder);
        fail(EISDIR);
        return -1;
    }
    return folder;
}

HostFiles::Result<u32> HostFiles::open(std::string_view path, int flags) {
    constexpr mode_t kReadWrite = 0666;
    if (descriptors_.size() == kMostFiles) {
        fail(EMFILE);
        return std::nullopt;
    }
    std::string name;
    const int folder = folder_of(path, name);
    if (folder < 0)
        return std::nullopt;
    // Without O_NONBLOCK a pipe below the root would hold the run.
    const int file =
        openat(folder, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, kReadWrite);
    const int error = errno;
    ::close(folder);
    struct stat status {};
    if (file >= 0 && (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))) {
        ::close(file);
        fail(EACCES);
        return std::nullopt;
    }
    if (file < 0) {
        fail(error);
        return std::nullopt;
    }
    u32 handle = kFirstHandle;
    while (descriptors_.contains(handle))
        ++handle;
    descriptors_[handle] = file;
    return handle;
}

int HostFiles::descriptor(u32 handle) {
    const auto found = descriptors_.find(handle);
    if (found != descriptors_.end())
        return found->second;
    fail(EBADF);
    return -1;
}

bool HostFiles::close(u32 handle) {
    const int file = descriptor(handle);
    if (file < 0)
        return false;
    descriptors_.erase(handle);
    return ::close(file) == 0 || fail(errno);
}

HostFiles::Result<std::string> HostFiles::read(u32 handle, u32 bytes) {
    const int file = descriptor(handle);
    if (file < 0)
        return std::nullopt;
    std::string text(bytes, '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::read(file, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            fail(errno);
            return std::nullopt;
        }
        if (count == 0)
            break;
        done += std::size_t(count);
    }
    text.resize(done);
    return text;
}

HostFiles::Result<u32> HostFiles::write(u32 handle, std::string_view bytes) {
    const int file = descriptor(handle);
    if (file < 0)
        return std::nullopt;
    if (const int error = console::write_all(file, bytes); error != 0) {
        fail(error);
        return std::nullopt;
    }
    return u32(bytes.size());
}

bool HostFiles::seek(u32 handle, u32 position) {
    const int file = descriptor(handle);
    return file >= 0 && (lseek(file, off_t{position}, SEEK_SET) >= 0 || fail(errno));
}

HostFiles::Result<u32> HostFiles::length(u32 handle) {
    const int file = descriptor(handle);
    struct stat status {};
    if (file < 0)
        return std::nullopt;
    if (fstat(file, &status) != 0) {
        fail(errno);
        return std::nullopt;
    }
    return u32(status.st_size);
}

bool HostFiles::remove(std::string_view path) {
    std::string name;
    const int folder = folder_of(path, name);
    if (folder < 0)
        return false;
    const bool is_done = unlinkat(folder, name.c_str(), 0) == 0 || fail(errno);
    ::close(folder);
    return is_done;
}

bool HostFiles::rename(std::string_view from, std::string_view to) {
    std::string old_name;
    std::string new_name;
    const int old_folder = folder_of(from, old_name);
    const int new_folder = old_folder < 0 ? -1 : folder_of(to, new_name);
    const bool is_done =
        new_folder >= 0 &&
        (renameat(old_folder, old_name.c_str(), new_folder, new_name.c_str()) == 0 || fail(errno));
    if (old_folder >= 0)
        ::close(old_folder);
    if (new_folder >= 0)
        ::close(new_folder);
    return is_done;
}

}  // namespace flexv::platform
