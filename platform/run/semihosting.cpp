// SPDX-License-Identifier: Apache-2.0
#include "platform/run/semihosting.hpp"

#include "base/console.hpp"
#include "platform/firmware/abi_registers.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace flexv::platform {

namespace {

// The sequence; all three words are uncompressed.
constexpr u32 kEntry = 0x01f0'1013;
constexpr u32 kEbreak = 0x0010'0073;
constexpr u32 kNumber = 0x4070'5013;
constexpr unsigned kWordBytes = 4;

constexpr u32 kFailed = ~0U;
constexpr u32 kApplicationExit = 0x20026;  // ADP_Stopped_ApplicationExit
constexpr u32 kMostBytes = 1 << 24;        // of one call, and of a text

// The console's handles: what `:tt` opens for reading, writing and appending.
constexpr u32 kInput = 1;
constexpr u32 kOutput = 2;
constexpr u32 kErrors = 3;

/// fopen's modes "r", "rb", "r+", "r+b", "w", ...
constexpr int kOpenFlags[] = {O_RDONLY,
                              O_RDONLY,
                              O_RDWR,
                              O_RDWR,
                              O_WRONLY | O_CREAT | O_TRUNC,
                              O_WRONLY | O_CREAT | O_TRUNC,
                              O_RDWR | O_CREAT | O_TRUNC,
                              O_RDWR | O_CREAT | O_TRUNC,
                              O_WRONLY | O_CREAT | O_APPEND,
                              O_WRONLY | O_CREAT | O_APPEND,
                              O_RDWR | O_CREAT | O_APPEND,
                              O_RDWR | O_CREAT | O_APPEND};

bool is_console(u32 handle) { return handle >= kInput && handle <= kErrors; }

std::string_view bytes_of(const u32& word) {
    return {reinterpret_cast<const char*>(&word), sizeof word};
}

}  // namespace

struct Semihosting::Row {
    u32 number;
    u32 (Semihosting::*serve)(Address block);
};

const Semihosting::Row Semihosting::kRows[] = {
    {0x01, &Semihosting::open},
    {0x02, &Semihosting::close},
    {0x03, &Semihosting::write_character},
    {0x04, &Semihosting::write_text},
    {0x05, &Semihosting::write},
    {0x06, &Semihosting::read},
    {0x07, &Semihosting::read_character},
    {0x08, &Semihosting::is_error},
    {0x09, &Semihosting::is_terminal},
    {0x0a, &Semihosting::seek},
    {0x0c, &Semihosting::length},
    {0x0d, &Semihosting::temporary_name},
    {0x0e, &Semihosting::remove},
    {0x0f, &Semihosting::rename},
    {0x10, &Semihosting::centiseconds},
    {0x11, &Semihosting::seconds},
    {0x12, &Semihosting::system},
    {0x13, &Semihosting::error_number},
    {0x15, &Semihosting::command_line},
    {0x16, &Semihosting::heap},
    {0x18, &Semihosting::exit},
    {0x20, &Semihosting::exit_with_code},
    {0x30, &Semihosting::elapsed},
    {0x31, &Semihosting::tick_frequency},
};

Semihosting::Semihosting(Soc& soc, const ElfImage& image, const SemihostingOptions& options,
                         const std::string& input, core::Debugger* next)
    : soc_(soc), next_(next), files_(options.root), command_line_(image.name()), input_(input) {
    for (const std::string& argument : options.arguments)
        command_line_ += " " + argument;
    find_calls(image);
    for (const Address place : places_)
        for (core::DecodeCache* const code : soc.codes())
            code->stop_at(place, true);
    if (is_used())
        for (core::Core* core : soc.cores())
            core->attach(*this);
}

void Semihosting::find_calls(const ElfImage& image) {
    for (const ElfImage::Segment& segment : image.segments()) {
        for (std::size_t at = 0;
             segment.is_executable && at + 3 * kWordBytes <= segment.bytes.size(); at += 2) {
            std::array<u32, 3> words{};
            std::memcpy(words.data(), segment.bytes.data() + at, sizeof words);
            if (words == std::array{kEntry, kEbreak, kNumber})
                places_.insert(segment.virtual_address + Address(at) + kWordBytes);
        }
    }
}

/// The core goes on behind the ebreak, as a debugger would let it.
core::Permission Semihosting::in_front(core::Core& core) {
    const Address pc = core.hart().pc;
    if (!places_.contains(pc))
        return next_ != nullptr ? next_->in_front(core) : core::Permission::go;
    const auto& x = core.hart().x;
    caller_ = &core;
    const u32 result = serve(x[abi::kA0], x[abi::kA1]);
    core.hart_for_debugger().x[abi::kA0] = result;
    return core.set_pc(pc + kWordBytes) ? core::Permission::look_again : core::Permission::go;
}

u32 Semihosting::serve(u32 operation, Address block) {
    const auto row = std::ranges::find(kRows, operation, &Row::number);
    return row == std::end(kRows) ? fail(ENOSYS) : (this->*row->serve)(block);
}

u32 Semihosting::fail(int error) {
    errno_ = u32(error);
    return kFailed;
}

void Semihosting::serialize(StateArchive& archive) {
    std::string taken = input_.substr(0, taken_);
    archive(taken, errno_);
    if (!input_.starts_with(taken))
        throw UserError("--stdin: does not begin with the {} characters that were read already",
                        taken.size());
    taken_ = taken.size();
}

// Memory of the firmware.

u32 Semihosting::parameter(Address block, unsigned index) {
    u32 word = 0;
    const std::string bytes = bytes_at(block + kWordBytes * index, kWordBytes);
    if (bytes.size() == kWordBytes)
        std::memcpy(&word, bytes.data(), kWordBytes);
    return word;
}

std::string Semihosting::bytes_at(Address address, u32 count) {
    address = soc_.absolute(*caller_, address);
    std::string bytes(std::min(count, kMostBytes), '\0');
    bytes.resize(soc_.read(address, bytes.data(), unsigned(bytes.size())));
    return bytes;
}

std::string Semihosting::text_at(Address address) {
    constexpr u32 kStep = 64;
    std::string text;
    while (text.size() < kMostBytes) {
        const std::string part = bytes_at(address + Address(text.size()), kStep);
        const std::size_t end = part.find('\0');
        text += part.substr(0, end);
        if (end != std::string::npos || part.empty())
            break;
    }
    return text;
}

bool Semihosting::put(Address address, std::string_view bytes) {
    address = soc_.absolute(*caller_, address);
    return soc_.write(address, bytes.data(), unsigned(bytes.size())) == bytes.size();
}

// Console and files.

u32 Semihosting::open(Address block) {
    const std::string path = bytes_at(parameter(block, 0), parameter(block, 2));
    const u32 mode = parameter(block, 1);
    constexpr u32 kWrites = 4;
    constexpr u32 kAppends = 8;
    if (mode >= std::size(kOpenFlags))
        return fail(EINVAL);
    if (path == ":tt")
        return mode < kWrites ? kInput : mode < kAppends ? kOutput : kErrors;
    const auto handle = files_.open(path, kOpenFlags[mode]);
    return handle ? *handle : fail(files_.error());
}

u32 Semihosting::close(Address block) {
    const u32 handle = parameter(block, 0);
    return is_console(handle) || files_.close(handle) ? 0 : fail(files_.error());
}

u32 Semihosting::write_character(Address block) {
    console::put(bytes_at(block, 1));
    return 0;
}

u32 Semihosting::write_text(Address block) {
    console::put(text_at(block));
    return 0;
}

/// \returns how many bytes were not written
u32 Semihosting::write(Address block) {
    const u32 handle = parameter(block, 0);
    const u32 wanted = parameter(block, 2);
    const std::string bytes = bytes_at(parameter(block, 1), wanted);
    if (handle == kOutput)
        console::put(bytes);
    else if (handle == kErrors)
        console::tell(std::string_view{bytes});
    else if (!files_.write(handle, bytes))
        return static_cast<void>(fail(files_.error())), wanted;
    return wanted - u32(bytes.size());
}

std::string Semihosting::take_input(u32 count) {
    const std::string part = input_.substr(taken_, count);
    taken_ += part.size();
    return part;
}

/// \returns how many bytes were not read
u32 Semihosting::read(Address block) {
    const u32 handle = parameter(block, 0);
    const u32 wanted = parameter(block, 2);
    const u32 most = std::min(wanted, kMostBytes);
    const auto bytes =
        handle == kInput ? std::optional(take_input(most)) : files_.read(handle, most);
    if (!bytes)
        return static_cast<void>(fail(files_.error())), wanted;
    if (!bytes->empty() && !put(parameter(block, 1), *bytes))
        return static_cast<void>(fail(EFAULT)), wanted;
    return wanted - u32(bytes->size());
}

u32 Semihosting::read_character(Address /*block*/) {
    const std::string bytes = take_input(1);
    return bytes.empty() ? kFailed : u32(u8(bytes[0]));
}

u32 Semihosting::is_error(Address block) { return i32(parameter(block, 0)) < 0 ? 1 : 0; }

u32 Semihosting::is_terminal(Address block) {
    const u32 handle = parameter(block, 0);
    if (is_console(handle))
        return 1;
    return files_.holds(handle) ? 0 : fail(EBADF);
}

u32 Semihosting::seek(Address block) {
    return files_.seek(parameter(block, 0), parameter(block, 1)) ? 0 : fail(files_.error());
}

u32 Semihosting::length(Address block) {
    const auto bytes = files_.length(parameter(block, 0));
    return bytes ? *bytes : fail(files_.error());
}

/// Always the same for one number: a run repeats.
u32 Semihosting::temporary_name(Address block) {
    std::string name = fmt::format("semihosting-{}.tmp", parameter(block, 1) & 0xff);
    name.push_back('\0');
    if (name.size() > parameter(block, 2) || !put(parameter(block, 0), name))
        return fail(EINVAL);
    return 0;
}

u32 Semihosting::remove(Address block) {
    const std::string path = bytes_at(parameter(block, 0), parameter(block, 1));
    return files_.remove(path) ? 0 : fail(files_.error());
}

u32 Semihosting::rename(Address block) {
    const std::string from = bytes_at(parameter(block, 0), parameter(block, 1));
    const std::string to = bytes_at(parameter(block, 2), parameter(block, 3));
    return files_.rename(from, to) ? 0 : fail(files_.error());
}

// Time is that of the simulation, so that a run repeats.

u32 Semihosting::centiseconds(Address /*block*/) {
    constexpr double kPerSecond = 100;
    return u32(soc_.time().to_seconds() * kPerSecond);
}

u32 Semihosting::seconds(Address /*block*/) { return u32(soc_.time().to_seconds()); }

u32 Semihosting::elapsed(Address block) {
    const u64 cycles{soc_.now()};
    std::array<u32, 2> words{u32(cycles), u32(cycles >> 32)};
    return put(block, {reinterpret_cast<const char*>(words.data()), sizeof words}) ? 0
                                                                                   : fail(EFAULT);
}

u32 Semihosting::tick_frequency(Address /*block*/) {
    return u32(1 / soc_.cores()[0]->clock().period.to_seconds() + 0.5);
}

// The rest.

/// The host runs no commands of firmware.
u32 Semihosting::system(Address /*block*/) { return fail(EPERM); }

u32 Semihosting::error_number(Address /*block*/) { return errno_; }

u32 Semihosting::command_line(Address block) {
    const u32 room = parameter(block, 1);
    const u32 size = u32(command_line_.size());
    if (room <= size)
        return fail(E2BIG);
    std::string text = command_line_;
    text.push_back('\0');
    return put(parameter(block, 0), text) && put(block + kWordBytes, bytes_of(size)) ? 0
                                                                                     : fail(EFAULT);
}

/// Zeros: firmware takes what its linker script says.
u32 Semihosting::heap(Address block) {
    constexpr unsigned kWords = 4;
    return put(parameter(block, 0), std::string(kWords * kWordBytes, '\0')) ? 0 : fail(EFAULT);
}

u32 Semihosting::exit(Address block) {
    soc_.end_with(block == kApplicationExit ? 0 : 1);
    return 0;
}

u32 Semihosting::exit_with_code(Address block) {
    soc_.end_with(parameter(block, 0) == kApplicationExit ? parameter(block, 1) : 1);
    return 0;
}

}  // namespace flexv::platform
