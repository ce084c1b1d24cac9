// SPDX-License-Identifier: Apache-2.0
#include "base/register.hpp"

#include "base/enum_names.hpp"
#include "base/state_archive.hpp"

#include <algorithm>

namespace flexv {

namespace {

u32 low_bytes(unsigned bytes) { return bytes >= 4 ? ~u32{0} : (u32{1} << (8 * bytes)) - 1; }

unsigned first_bit(const BusAccess& access) { return 8 * (access.offset % 4); }

/// "CORE#_HIT" gives CORE3_HIT, "BOOT_ADDR" gives BOOT_ADDR3.
std::string element_name(const std::string& name, unsigned index) {
    const auto place = name.find('#');
    if (place == std::string::npos)
        return name + std::to_string(index);
    return name.substr(0, place) + std::to_string(index) + name.substr(place + 1);
}

}  // namespace

std::string_view to_string(Access access) {
    static constexpr auto kNames = enum_names<Access>("read_write", "read_only", "write_only",
                                                      "write_1_to_clear", "read_to_clear");
    return kNames[access];
}

Register::Register(RegisterBank& bank, RegisterSpec spec) : spec_(std::move(spec)) {
    bank.add(*this);
    for (const Field& field : spec_.fields) {
        reset_value_ |= (field.reset & field.max()) << field.lsb;
        writable_mask_ |= field.is_writable ? field.mask() : 0;
    }
    if (spec_.access == Access::read_only || spec_.access == Access::read_to_clear)
        writable_mask_ = 0;
    value_ = reset_value_;
}

u32 Register::read() {
    if (spec_.access == Access::write_only)
        return 0;
    const u32 result = spec_.on_read ? spec_.on_read() : value_;
    if (spec_.access == Access::read_to_clear)
        value_ = 0;
    return result;
}

u32 Register::peek() const {
    if (spec_.on_peek)
        return spec_.on_peek();
    return spec_.on_read && !spec_.read_has_effect ? spec_.on_read() : value_;
}

void Register::write(u32 data, u32 lanes) {
    const u32 old = value_;
    if (spec_.access == Access::write_1_to_clear)
        value_ &= ~(data & lanes & writable_mask_);
    else
        poke(data, lanes);
    if (spec_.on_write && writable_mask_ != 0)
        spec_.on_write(old, value_);
}

void Register::poke(u32 data, u32 lanes) {
    const u32 mask = lanes & writable_mask_;
    value_ = (value_ & ~mask) | (data & mask);
}

RegisterArray::RegisterArray(RegisterBank& bank, const RegisterArraySpec& spec) {
    for (unsigned i = 0; i < spec.count; ++i) {
        RegisterSpec element{.offset = spec.offset + i * spec.stride_bytes,
                             .name = element_name(spec.name, i),
                             .doc = spec.doc,
                             .access = spec.access,
                             .fields = spec.fields,
                             .read_has_effect = spec.read_has_effect};
        if (spec.on_read)
            element.on_read = [i, read = spec.on_read] { return read(i); };
        if (spec.on_write)
            element.on_write = [i, write = spec.on_write](u32 old, u32 now) { write(i, old, now); };
        if (spec.on_peek)
            element.on_peek = [i, peek = spec.on_peek] { return peek(i); };
        elements_.push_back(std::make_unique<Register>(bank, std::move(element)));
    }
}

RegisterBank::RegisterBank(Module& module, const std::string& name, BankConfig config)
    : BusTarget(module, name, config.size_bytes, config.latency_cycles, config.clock),
      config_(std::move(config)),
      by_word_(config_.size_bytes / 4, nullptr) {}

void RegisterBank::reject(const Register& added, const std::string& why) const {
    throw InternalError(
        fmt::format("{}: register {} at 0x{:x} {}", name(), added.name(), added.offset(), why));
}

void RegisterBank::add(Register& added) {
    if (added.offset() % 4 != 0)
        reject(added, "is not word aligned");
    if (added.offset() >= config_.size_bytes)
        reject(added, fmt::format("lies beyond the bank's {} bytes", config_.size_bytes));
    Register*& slot = by_word_[added.offset() / 4];
    if (slot != nullptr)
        reject(added, fmt::format("overlaps {}", slot->name()));
    check_fields(added);
    slot = &added;
    declared_.push_back(&added);
}

void RegisterBank::check_fields(const Register& added) const {
    const std::vector<Field>& fields = added.fields();
    for (auto field = fields.begin(); field != fields.end(); ++field) {
        if (field->width == 0 || field->width > 32 || field->lsb > 32 - field->width)
            reject(added, fmt::format("has field {} outside of 32 bits", field->name));
        const auto other = std::find_if(fields.begin(), field, [&](const Field& earlier) {
            return (earlier.mask() & field->mask()) != 0;
        });
        if (other != field)
            reject(added,
                   fmt::format("has overlapping fields {} and {}", other->name, field->name));
    }
}

void RegisterBank::reset() {
    for (Register* each : declared_)
        each->reset();
    has_warned_ = false;
}

void RegisterBank::serialize(StateArchive& archive) {
    for (Register* each : declared_)
        archive(each->value_);
    archive(has_warned_);
}

std::vector<const Register*> RegisterBank::registers() const {
    std::vector<const Register*> result;
    for (const Register* each : by_word_)
        if (each != nullptr)
            result.push_back(each);
    return result;
}

BusAnswer RegisterBank::perform(const BusAccess& access) {
    const u32 offset = config_.fold ? config_.fold(access.offset) : access.offset;
    Register* const found = offset / 4 < by_word_.size() ? by_word_[offset / 4] : nullptr;
    if (found == nullptr)
        return perform_unmapped(access);
    if (access.is_write)
        return perform_write(*found, access);

    const u32 word = access.is_debug ? found->peek() : found->read();
    const u32 data = (word >> first_bit(access)) & low_bytes(access.bytes);
    if (!access.is_debug)
        log_access(access, found->name(), data);
    return {.data = data};
}

BusAnswer RegisterBank::perform_write(Register& target, const BusAccess& access) {
    const u32 data = access.data << first_bit(access);
    const u32 lanes = low_bytes(access.bytes) << first_bit(access);
    if (access.is_debug) {
        target.poke(data, lanes);
        return {};
    }
    if (access.bytes < 4 && !config_.merges_narrow_writes)
        return {.refusal = fmt::format("store of {} bytes to {} at offset 0x{:x}, expected 4",
                                       access.bytes, target.name(), access.offset)};
    log_access(access, target.name(), access.data);
    target.write(data, lanes);
    return {};
}

BusAnswer RegisterBank::perform_unmapped(const BusAccess& access) {
    if (access.is_debug)
        return {};
    if (config_.unmapped == Unmapped::refuse)
        return {.refusal = fmt::format("no register at offset 0x{:x}; nearest: {}", access.offset,
                                       nearest(access.offset))};
    if (config_.unmapped == Unmapped::read_zero_and_warn && !has_warned_) {
        has_warned_ = true;
        log_.warn(
            "{} at offset 0x{:x}, where nothing is modelled: reads 0, ignores writes; said once",
            access.is_write ? "write" : "read", access.offset);
    }
    log_access(access, "nothing", access.is_write ? access.data : 0);
    return {};
}

std::string RegisterBank::nearest(u32 offset) const {
    const Register* best = nullptr;
    const auto distance = [offset](const Register& from) {
        return from.offset() > offset ? from.offset() - offset : offset - from.offset();
    };
    for (const Register* each : declared_)
        if (best == nullptr || distance(*each) < distance(*best))
            best = each;
    return best == nullptr ? "none" : fmt::format("{} at 0x{:x}", best->name(), best->offset());
}

void RegisterBank::log_access(const BusAccess& access, std::string_view register_name,
                              u32 data) const {
    if (!Log::is_on(LogLevel::debug)) [[likely]]
        return;
    const std::string by =
        initiator_port() == kExternal ? "outside" : fmt::format("core {}", initiator_port());
    log_.debug("{} {} at 0x{:x} {} 0x{:08x} by {} in cycle {}", access.is_write ? "write" : "read",
               register_name, access.offset, access.is_write ? "<-" : "->", data, by, now());
}

}  // namespace flexv
