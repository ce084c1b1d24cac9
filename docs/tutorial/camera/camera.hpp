// SPDX-License-Identifier: Apache-2.0
// A camera that masters the bus: told where and how many, it writes frames to memory, line by line
// in its own time, and raises a wire behind each frame.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>

class Camera final : public sc_core::sc_module {
public:
    static constexpr unsigned kWidth = 64;
    static constexpr unsigned kHeight = 48;
    enum Register : unsigned {
        address = 0,   ///< RW: where frames go; odd ones follow the even ones
        frames = 4,    ///< W: starts taking so many; R: those still to come
        failures = 8,  ///< R: lines that the bus refused
        end_of_registers = 12
    };

    tlm_utils::simple_target_socket<Camera> registers_in{"registers_in"};
    tlm_utils::simple_initiator_socket<Camera> pixels_out{"pixels_out"};
    sc_core::sc_out<bool> frame_out{"frame_out"};  ///< a pulse behind each frame

    explicit Camera(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        registers_in.register_b_transport(this, &Camera::access);
        SC_HAS_PROCESS(Camera);
        SC_THREAD(take_frames);
    }

    [[nodiscard]] std::uint64_t lines() const { return lines_; }

private:
    void access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        delay += sc_core::sc_time(10, sc_core::SC_NS);
        const auto offset = trans.get_address();
        if (trans.get_data_length() != 4 || offset % 4 != 0 || offset >= end_of_registers) {
            trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        std::uint32_t& value = values_[offset / 4];
        if (trans.is_write())
            std::memcpy(&value, trans.get_data_ptr(), sizeof value);
        else
            std::memcpy(trans.get_data_ptr(), &value, sizeof value);
        if (trans.is_write() && offset == frames)
            started_.notify(delay);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    void take_frames() {
        const sc_core::sc_time line_time(500, sc_core::SC_NS);
        for (unsigned frame = 0;; ++frame) {
            while (values_[frames / 4] == 0)
                wait(started_);
            for (unsigned line = 0; line < kHeight; ++line) {
                wait(line_time);
                send(frame, line);
            }
            --values_[frames / 4];
            frame_out.write(true);
            wait(20, sc_core::SC_NS);
            frame_out.write(false);
        }
    }

    void send(unsigned frame, unsigned line) {
        std::array<unsigned char, kWidth> pixels{};
        for (unsigned column = 0; column < kWidth; ++column)
            pixels[column] = pixel(frame, line, column);
        tlm::tlm_generic_payload trans;
        trans.set_write();
        trans.set_address(values_[address / 4] + (frame % 2 * kHeight + line) * kWidth);
        trans.set_data_ptr(pixels.data());
        trans.set_data_length(kWidth);
        trans.set_streaming_width(kWidth);
        sc_core::sc_time delay;
        pixels_out->b_transport(trans, delay);
        wait(delay);
        values_[failures / 4] += trans.is_response_ok() ? 0 : 1;
        ++lines_;
    }

    /// A ball that flies over a dim gradient.
    static unsigned char pixel(unsigned frame, unsigned line, unsigned column) {
        const unsigned x = 10 + 8 * frame;
        const unsigned y = 6 + 5 * frame;
        if (line == y && column == x)
            return 255;
        return static_cast<unsigned char>((line + column) / 2);
    }

    std::array<std::uint32_t, end_of_registers / 4> values_{};
    std::uint64_t lines_ = 0;
    sc_core::sc_event started_;
};
