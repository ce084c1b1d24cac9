// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 engine (polynomial 0xEDB88320, reflected), loosely timed.
// Stands for a model from elsewhere: it knows TLM-2.0 and nothing of the platform.
//
#ifndef CRC_ENGINE_H_
#define CRC_ENGINE_H_

#include <systemc.h>
#include <tlm.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>

class CrcEngine : public sc_module
{
  public:
    // Register map
    static const unsigned CTRL   = 0x000;  // W: bit 0 starts
    static const unsigned STATUS = 0x004;  // R: bit 0 busy
    static const unsigned LENGTH = 0x008;  // RW: bytes, at most BUFFER_SIZE
    static const unsigned RESULT = 0x00C;  // R
    static const unsigned BUFFER = 0x400;  // RW: 3 KiB of data
    static const unsigned BUFFER_SIZE = 0xC00;

    tlm_utils::simple_target_socket<CrcEngine> socket;
    sc_out<bool> irq;

    SC_HAS_PROCESS(CrcEngine);
    explicit CrcEngine(sc_module_name name)
        : sc_module(name), socket("socket"), irq("irq")
    {
        std::memset(m_buffer, 0, sizeof m_buffer);
        socket.register_b_transport(this, &CrcEngine::b_transport);
        SC_THREAD(main);
    }

    uint64_t bytesDone() const { return m_bytesDone; }

  private:
    void b_transport(tlm::tlm_generic_payload &t, sc_time &delay)
    {
        const sc_dt::uint64 a = t.get_address();
        const unsigned n = t.get_data_length();
        unsigned char *const d = t.get_data_ptr();

        delay += sc_time(8, SC_NS);
        t.set_response_status(tlm::TLM_OK_RESPONSE);
        if (a >= BUFFER && a + n <= BUFFER + BUFFER_SIZE) {
            if (t.is_write())
                std::memcpy(m_buffer + (a - BUFFER), d, n);
            else
                std::memcpy(d, m_buffer + (a - BUFFER), n);
            return;
        }
        if (n != 4) {
            t.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
            return;
        }
        uint32_t v = 0;
        if (t.is_write()) {
            std::memcpy(&v, d, 4);
            if (!writeRegister(a, v))
                t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        } else {
            if (!readRegister(a, v))
                t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            std::memcpy(d, &v, 4);
        }
    }

    bool writeRegister(sc_dt::uint64 a, uint32_t v)
    {
        if (a == LENGTH && v <= BUFFER_SIZE)
            m_length = v;
        else if (a == CTRL && (v & 1) != 0)
            m_start.notify();
        else
            return a == CTRL;
        return true;
    }

    bool readRegister(sc_dt::uint64 a, uint32_t &v) const
    {
        switch (a) {
        case STATUS: v = m_busy; return true;
        case LENGTH: v = m_length; return true;
        case RESULT: v = m_result; return true;
        default: return false;
        }
    }

    // Four bytes each 5 ns, then a pulse of the interrupt.
    void main()
    {
        for (;;) {
            wait(m_start);
            m_busy = true;
            wait(sc_time(5, SC_NS) * ((m_length + 3) / 4));
            m_result = crc();
            m_bytesDone += m_length;
            m_busy = false;
            irq.write(true);
            wait(10, SC_NS);
            irq.write(false);
        }
    }

    uint32_t crc() const
    {
        uint32_t c = 0xFFFFFFFF;
        for (unsigned i = 0; i < m_length; i++) {
            c ^= m_buffer[i];
            for (int bit = 0; bit < 8; bit++)
                c = (c >> 1) ^ ((c & 1) ? 0xEDB88320u : 0u);
        }
        return ~c;
    }

    unsigned char m_buffer[BUFFER_SIZE];
    uint32_t m_length = 0;
    uint32_t m_result = 0;
    bool m_busy = false;
    uint64_t m_bytesDone = 0;
    sc_event m_start;
};

#endif
