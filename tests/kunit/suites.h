/* SPDX-License-Identifier: GPL-2.0 */
/* One suite for each file of tests. */
#ifndef _HVSCSI_KUNIT_SUITES_H
#define _HVSCSI_KUNIT_SUITES_H

struct kunit_suite;

extern struct kunit_suite hvring_ring_suite;
extern struct kunit_suite hvring_ring_fault_suite;
extern struct kunit_suite hvring_signal_suite;
extern struct kunit_suite hvring_packet_suite;
extern struct kunit_suite hvring_channel_suite;
extern struct kunit_suite hvring_send_suite;
extern struct kunit_suite hvring_full_suite;
extern struct kunit_suite hvring_receive_suite;
extern struct kunit_suite hvring_budget_suite;
extern struct kunit_suite hvring_violation_suite;
extern struct kunit_suite hvscsi_outcome_suite;
extern struct kunit_suite hvscsi_answer_suite;
extern struct kunit_suite hvscsi_queues_suite;
extern struct kunit_suite hvscsi_pages_suite;
extern struct kunit_suite hvscsi_request_suite;
extern struct kunit_suite hvscsi_topology_suite;
extern struct kunit_suite hvscsi_knock_suite;
extern struct kunit_suite hvscsi_traits_suite;

#endif /* _HVSCSI_KUNIT_SUITES_H */
