// SPDX-License-Identifier: Apache-2.0
// The UART of the uDMA: moves characters between L2 and a serial line, frame by frame.
#pragma once

#include "base/bus_initiator.hpp"
#include "base/call_port.hpp"
#include "base/register_block.hpp"
#include "udma/channel.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace flexv::udma {

class Uart final : public RegisterBlock, private ReplyTaker, private Agent {
public:
    struct Config {
        std::function<void(std::string_view text)> sink = {};  ///< what is sent; stdout without one
        std::string input = {};  ///< characters that arrive, as fast as they are received
        u8 receive_event = 0;    ///< SoC event ids, source: docs/spec/firmware_abi.md 7.4
        u8 transmit_event = 1;
    };

    static constexpr Field continuous{.name = "CONTINUOUS", .lsb = 0, .doc = "Starts again."};
    static constexpr Field data_size{
        .name = "SIZE", .lsb = 1, .width = 2, .doc = "Width of an item; the UART has bytes."};
    static constexpr Field enable{
        .name = "EN", .lsb = 4, .doc = "Write 1 to start; 1 while the transfer runs."};
    static constexpr Field clear{
        .name = "CLR", .lsb = 5, .doc = "Write 1 to forget; 1 while a second transfer waits."};
    static constexpr Field parity{.name = "PARITY", .lsb = 0, .doc = "One more bit a frame."};
    static constexpr Field bits{.name = "BITS", .lsb = 1, .width = 2, .doc = "Data bits - 5."};
    static constexpr Field stop{.name = "STOP", .lsb = 3, .doc = "Two stop bits instead of one."};
    static constexpr Field transmit_enable{.name = "TX_EN", .lsb = 8, .doc = "Sends."};
    static constexpr Field receive_enable{.name = "RX_EN", .lsb = 9, .doc = "Receives."};
    static constexpr Field clock_divider{
        .name = "CLKDIV", .lsb = 16, .width = 16, .doc = "Clock cycles a bit - 1."};

    /// The other end of the serial line, where somebody may answer.
    class Line {
    public:
        Line() = default;
        Line(const Line&) = delete;
        Line& operator=(const Line&) = delete;
        virtual ~Line() = default;

        virtual void send(std::string_view text) = 0;
        /// The next characters, `most` of them or fewer; empty while none have come.
        [[nodiscard]] virtual std::string receive(std::size_t most) = 0;
    };

    tlm_utils::simple_initiator_socket<Uart> memory_out{"memory_out"};  ///< absolute addresses
    /// A transfer has ended.
    CallPort<void(u8 id, Cycles now)> event_out{"event_out"};

    Uart(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override;
    /// Throws UserError where the input does not begin with what has been delivered of it.
    void serialize(StateArchive& archive) override;
    /// All that ever arrives.
    [[nodiscard]] const std::string& input() const { return config_.input; }

    /// Characters go to `line` and come from it, not from the input; before the run, which `line`
    /// outlives.
    void connect(Line& line) { line_ = &line; }
    /// A transfer waits for characters of the line.
    [[nodiscard]] bool waits_for_line() const;
    /// Some may have come. Between two runs of the timeline; `now` does not lie in the past.
    void look_at_line(Cycles now) { begin(receive, now); }

private:
    enum Direction : unsigned { receive, transmit };

    struct Side {
        Channel channel = {};
        bool is_running = false;  ///< the line moves a piece of the current transfer
        Cycles done = 0;          ///< when that piece has been moved
        u32 piece = 0;            ///< its bytes
        u32 moved = 0;            ///< bytes of the transfer before it
        bool has_warned = false;
        Cause cause = {};  ///< of the last transfer that was asked for
        u64 ticket = 0;    ///< of the piece, while memory outside has not answered; 0: none
        bool is_delivered = false;  ///< memory has the piece that was received

        /// Memory outside has a state that is in no checkpoint, so none is made.
        void serialize(StateArchive& archive) {
            archive(channel, is_running, done, piece, moved, has_warned, cause);
        }
    };

    void act(Cycles now) override;
    void write_config(Direction direction, u32 value);
    [[nodiscard]] u32 read_config(Direction direction) const;
    void begin(Direction direction, Cycles now);
    void run_line(Direction direction, Cycles now);
    [[nodiscard]] static bool is_due(const Side& side, Cycles now);
    [[nodiscard]] bool is_enabled(Direction direction);
    [[nodiscard]] u32 receivable(u32 wanted);
    void finish(Direction direction, Cycles now);
    void fetch(const Transfer& transfer, Cycles now);
    void send(std::string_view text);
    void deliver(Cycles now);
    std::string take_input(u32 bytes);
    bool move(Direction direction, Address address, std::string& bytes, Cycles now);
    void replied(u64 ticket, const LateReply& reply) override;
    void answered(Direction direction, const LateReply& reply);
    [[noreturn]] void refuse(std::size_t bytes, Address address, const std::string& why) const;
    [[nodiscard]] Cycles cycles_per_frame() const;
    [[nodiscard]] u32 status() const;
    [[nodiscard]] RegisterSpec channel_word(u32 offset, std::string name, std::string doc,
                                            unsigned width) const;
    [[nodiscard]] RegisterSpec channel_config(u32 offset, Direction direction);

    const Config config_;
    Line* line_ = nullptr;         // null: sink and input of the configuration
    std::array<Side, 2> sides_{};  // [Direction]
    std::size_t received_ = 0;     // characters of the input that were delivered
    std::string arrived_;          // from the line, to be delivered
    BusInitiator bus_{clock_};
    u64 tickets_ = 0;
    Register receive_address_{bank_, channel_word(0x00, "RX_SADDR", "Where to write in L2.", 32)};
    Register receive_size_{bank_, channel_word(0x04, "RX_SIZE", "Bytes to receive.", 20)};
    Register receive_config_{bank_, channel_config(0x08, receive)};
    Register transmit_address_{bank_, channel_word(0x10, "TX_SADDR", "Where to read in L2.", 32)};
    Register transmit_size_{bank_, channel_word(0x14, "TX_SIZE", "Bytes to send.", 20)};
    Register transmit_config_{bank_, channel_config(0x18, transmit)};
    Register status_{bank_,
                     {.offset = 0x20,
                      .name = "STATUS",
                      .doc = "What the serial line does.",
                      .access = Access::read_only,
                      .fields = {{.name = "TX_BUSY", .lsb = 0}, {.name = "RX_BUSY", .lsb = 1}},
                      .on_read = [this] { return status(); }}};
    Register setup_{bank_,
                    {.offset = 0x24,
                     .name = "SETUP",
                     .doc = "Frame and speed.",
                     .fields = {parity, bits, stop, transmit_enable, receive_enable, clock_divider},
                     .on_write = [this](u32, u32) {
                         begin(receive, bank_.now());
                         begin(transmit, bank_.now());
                     }}};
    Counter sent_{*this, "bytes_sent", "characters sent"};
    Counter delivered_{*this, "bytes_received", "characters received"};
};

}  // namespace flexv::udma
