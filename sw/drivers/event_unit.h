// SPDX-License-Identifier: Apache-2.0
// Event unit: registers of the port that is private to each core. flexv/team.h uses them.
#ifndef FLEXV_EVENT_UNIT_H
#define FLEXV_EVENT_UNIT_H

#define EVENT_UNIT 0x10204000

#define EVENT_UNIT_EVT_MASK 0x000      ///< event lines that wake this core
#define EVENT_UNIT_EVT_MASK_AND 0x004  ///< W: clears these mask bits
#define EVENT_UNIT_EVT_MASK_OR 0x008   ///< W: sets these mask bits
#define EVENT_UNIT_IRQ_MASK 0x00C      ///< event lines that interrupt this core
#define EVENT_UNIT_BUFFER 0x01C        ///< R: event lines seen since they were cleared
#define EVENT_UNIT_BUFFER_CLEAR 0x028  ///< W: clears these lines
#define EVENT_UNIT_WAIT 0x038          ///< R, sleeps
#define EVENT_UNIT_WAIT_CLEAR 0x03C    ///< R, sleeps; clears all lines of the mask
#define EVENT_UNIT_MUTEX 0x0C0         ///< R, sleeps: lock; W: unlock
#define EVENT_UNIT_SW_TRIGGER 0x100  ///< W: + 4 * event; the value is the mask of cores, 0 for all

// Barrier 0; the others follow every 0x20 bytes.
#define EVENT_UNIT_BARRIER_TRIGGER_MASK 0x200  ///< who must arrive
#define EVENT_UNIT_BARRIER_STATUS 0x204        ///< R: who has arrived
#define EVENT_UNIT_BARRIER_TARGET_MASK 0x20C   ///< who is woken
#define EVENT_UNIT_BARRIER_WAIT_CLEAR 0x21C    ///< R, sleeps: arrives and waits

// Event lines.
#define EVENT_LINE_DMA 8
#define EVENT_LINE_TIMER_LO 10
#define EVENT_LINE_TIMER_HI 11
#define EVENT_LINE_BARRIER 16
#define EVENT_LINE_MUTEX 17

/// Lines that wake a core while it runs main(). Others would make a barrier return too early: they
/// are in the mask only while somebody waits for them.
#define EVENT_UNIT_DEFAULT_MASK ((1 << EVENT_LINE_BARRIER) | (1 << EVENT_LINE_MUTEX))

#endif
