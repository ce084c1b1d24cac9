// SPDX-License-Identifier: Apache-2.0
// Event unit: registers of the port that is private to each core. flexv/team.h uses them.
#ifndef FLEXV_EVENT_UNIT_H
#define FLEXV_EVENT_UNIT_H

#include "generated/eu_demux_regs.h"
#include "own_cluster.h"

#define EVENT_UNIT OWN_CLUSTER(EU_DEMUX_BASE)

#define EVENT_UNIT_EVT_MASK EU_DEMUX_EVT_MASK          ///< event lines that wake this core
#define EVENT_UNIT_EVT_MASK_AND EU_DEMUX_EVT_MASK_AND  ///< W: clears these mask bits
#define EVENT_UNIT_EVT_MASK_OR EU_DEMUX_EVT_MASK_OR    ///< W: sets these mask bits
#define EVENT_UNIT_IRQ_MASK EU_DEMUX_IRQ_MASK          ///< event lines that interrupt this core
#define EVENT_UNIT_BUFFER EU_DEMUX_EVT_BUFFER  ///< R: event lines seen since they were cleared
#define EVENT_UNIT_BUFFER_CLEAR EU_DEMUX_EVT_BUFFER_CLEAR  ///< W: clears these lines
#define EVENT_UNIT_WAIT EU_DEMUX_EVENT_WAIT                ///< R, sleeps
#define EVENT_UNIT_WAIT_CLEAR EU_DEMUX_EVENT_WAIT_CLEAR    ///< R, sleeps; clears the mask's lines
#define EVENT_UNIT_MUTEX EU_DEMUX_MUTEX0                   ///< R, sleeps: lock; W: unlock
/// W: + 4 * event; the value is the mask of cores, 0 for all.
#define EVENT_UNIT_SW_TRIGGER EU_DEMUX_SW_EVENT_TRIG(0)

// Barrier 0.
#define EVENT_UNIT_BARRIER_TRIGGER_MASK EU_DEMUX_BAR_TRIGGER_MASK(0)  ///< who must arrive
#define EVENT_UNIT_BARRIER_STATUS EU_DEMUX_BAR_STATUS(0)              ///< R: who has arrived
#define EVENT_UNIT_BARRIER_TARGET_MASK EU_DEMUX_BAR_TARGET_MASK(0)    ///< who is woken
/// R, sleeps: arrives and waits.
#define EVENT_UNIT_BARRIER_WAIT_CLEAR EU_DEMUX_BAR_TRIGGER_WAIT_CLEAR(0)

// Event lines.
#define EVENT_LINE_CLUSTERS 7  ///< software event 7: taken in programs for several clusters
#define EVENT_LINE_DMA 8
#define EVENT_LINE_TIMER_LO 10
#define EVENT_LINE_TIMER_HI 11
#define EVENT_LINE_BARRIER 16
#define EVENT_LINE_MUTEX 17

/// Lines that wake a core while it runs main(). Others would make a barrier return too early: they
/// are in the mask only while somebody waits for them.
#define EVENT_UNIT_DEFAULT_MASK ((1 << EVENT_LINE_BARRIER) | (1 << EVENT_LINE_MUTEX))

#endif
