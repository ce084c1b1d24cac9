// SPDX-License-Identifier: Apache-2.0
// Both sides of a debug stub without sockets and without a platform: a debugger that sends what it
// was told, and a target of two threads.
#pragma once

#include "platform/debug/rsp_packet.hpp"
#include "platform/debug/target.hpp"

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace flexv::test {

/// Sends its bytes in one piece, then hangs up.
class ScriptedChannel final : public platform::DebugChannel {
public:
    void say(std::string_view bytes) { said_ += bytes; }
    void send(std::string_view bytes) override { heard_ += bytes; }
    std::string receive() override { return std::exchange(said_, {}); }

    /// Payloads of the packets that have come; acknowledgements are left out.
    [[nodiscard]] std::vector<std::string> replies() const {
        platform::RspReader reader;
        reader.add(heard_);
        std::vector<std::string> payloads;
        while (const auto event = reader.next())
            if (event->kind == platform::RspEvent::Kind::packet)
                payloads.push_back(event->payload);
        return payloads;
    }
    [[nodiscard]] const std::string& heard() const { return heard_; }

private:
    std::string said_;
    std::string heard_;
};

/// 256 bytes of memory from address 0x100 on.
class PlainTarget final : public platform::DebugTarget {
public:
    static constexpr unsigned kRegisters = 40;
    static constexpr Address kBase = 0x100;

    [[nodiscard]] unsigned thread_count() const override { return 2; }
    [[nodiscard]] std::string thread_name(unsigned thread) const override {
        return thread == 1 ? "first" : "second";
    }
    [[nodiscard]] std::string thread_state(unsigned) const override { return "a < b"; }
    [[nodiscard]] bool is_halted(unsigned thread) const override { return halted.at(thread - 1); }
    void let_go(unsigned thread, const platform::Resumption& resumption) override {
        halted.at(thread - 1) = false;
        resumed.push_back(resumption);
    }
    void halt(unsigned thread) override { halted.at(thread - 1) = true; }
    [[nodiscard]] bool can_go_back() const override { return has_past; }
    [[nodiscard]] std::string description() const override { return "<target/>"; }
    [[nodiscard]] unsigned general_count() const override { return 33; }
    [[nodiscard]] unsigned register_count() const override { return kRegisters; }
    std::optional<u32> register_value(unsigned thread, unsigned number) override {
        if (number == kRegisters - 1)
            return std::nullopt;
        return registers.at(thread - 1).at(number);
    }
    bool set_register(unsigned thread, unsigned number, u32 value) override {
        registers.at(thread - 1).at(number) = value;
        return number != 0;
    }
    std::string read_memory(Address address, unsigned bytes) override {
        const Address offset = address - kBase;
        return offset >= memory.size() ? std::string{} : memory.substr(offset, bytes);
    }
    bool write_memory(Address address, std::string_view bytes) override {
        const Address offset = address - kBase;
        if (offset >= memory.size() || bytes.size() > memory.size() - offset)
            return false;
        memory.replace(offset, bytes.size(), bytes);
        return true;
    }
    bool insert(platform::PointKind kind, Address address, unsigned) override {
        ++points[{kind, address}];
        return true;
    }
    bool remove(platform::PointKind kind, Address address, unsigned) override {
        return points.erase({kind, address}) != 0;
    }
    std::string monitor(std::string_view line) override { return std::string(line) + "!"; }

    std::array<std::array<u32, kRegisters>, 2> registers{};
    std::string memory = std::string(256, '\0');
    std::map<std::pair<platform::PointKind, Address>, unsigned> points;
    std::array<bool, 2> halted{};
    std::vector<platform::Resumption> resumed;  // by let_go()
    bool has_past = true;
};

}  // namespace flexv::test
