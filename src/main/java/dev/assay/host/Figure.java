package dev.assay.host;

import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One figure of a NIC, made of the kernel's counters.
 *
 * @param factor unit of the counters in the metric's unit
 * @param how several counters become one
 * @param needed counters without which there is no figure
 * @param whereOffered counters that some drivers or link layers do not offer; they count where they are
 */
record Figure(Metric metric, double factor, How how, List<String> needed, List<String> whereOffered) {
    enum How {
        SUM,
        /** Each counts the same events. */
        LARGEST
    }

    /** InfiniBand counts data in words of four bytes, on RoCE as well (linux, {@code pma_cnt_ext_assign} of mlx5). */
    private static final double WORD_BYTES = 4;

    /** Where InfiniBand's counters stop instead of wrapping: their widths in linux, {@code drivers/infiniband/core/sysfs.c}. */
    private static final Map<String, Long> STICKS_AT = Map.of(
            "counters/symbol_error", 0xFFFFL,
            "counters/link_error_recovery", 0xFFL,
            "counters/link_downed", 0xFFL,
            "counters/port_rcv_errors", 0xFFFFL,
            "counters/port_rcv_remote_physical_errors", 0xFFFFL,
            "counters/port_xmit_discards", 0xFFFFL,
            "counters/local_link_integrity_errors", 0xFL,
            "counters/excessive_buffer_overrun_errors", 0xFL,
            "counters/port_xmit_wait", 0xFFFF_FFFFL);

    /** Of a port of an RDMA device; {@code net/} are counters of its network interface. */
    static final List<Figure> OF_RDMA = List.of(
            new Figure(Metric.NIC_BYTES_SENT, WORD_BYTES, How.SUM, List.of("counters/port_xmit_data"), List.of()),
            new Figure(Metric.NIC_BYTES_RECEIVED, WORD_BYTES, How.SUM, List.of("counters/port_rcv_data"), List.of()),
            new Figure(
                    Metric.NIC_RETRANSMITS,
                    1,
                    How.SUM,
                    List.of(
                            "hw_counters/packet_seq_err",
                            "hw_counters/local_ack_timeout_err",
                            "hw_counters/rnr_nak_retry_err",
                            "hw_counters/implied_nak_seq_err"),
                    List.of("hw_counters/roce_adp_retrans")),
            count(Metric.NIC_OUT_OF_SEQUENCE, List.of("hw_counters/out_of_sequence")),
            count(Metric.NIC_CNP, List.of("hw_counters/np_cnp_sent", "hw_counters/rp_cnp_handled")),
            count(Metric.NIC_ECN, List.of("hw_counters/np_ecn_marked_roce_packets")),
            count(Metric.NIC_WAIT, List.of("counters/port_xmit_wait")),
            new Figure(
                    Metric.NIC_LINK_DOWN,
                    1,
                    How.LARGEST,
                    List.of("counters/link_downed"),
                    List.of("net/carrier_down_count")),
            new Figure(
                    Metric.NIC_ERRORS,
                    1,
                    How.SUM,
                    List.of("counters/symbol_error", "counters/port_rcv_errors"),
                    List.of(
                            "counters/link_error_recovery",
                            "counters/port_rcv_remote_physical_errors",
                            "counters/port_xmit_discards",
                            "counters/local_link_integrity_errors",
                            "counters/excessive_buffer_overrun_errors",
                            "hw_counters/rx_icrc_encapsulated")));

    /**
     * Of a port that stands for the links of a bond: the kernel's counters of the port may hold one link only, so its
     * interfaces' own events are needed beside them. An error may count twice, at its port and at its interface.
     */
    static final List<Figure> OF_BOND =
            OF_RDMA.stream().map(Figure::withInterfaces).toList();

    /** Of a network interface without RDMA. */
    static final List<Figure> OF_INTERFACE = List.of(
            count(Metric.NIC_BYTES_SENT, List.of("statistics/tx_bytes")),
            count(Metric.NIC_BYTES_RECEIVED, List.of("statistics/rx_bytes")),
            count(Metric.NIC_LINK_DOWN, List.of("carrier_down_count")),
            count(Metric.NIC_ERRORS, List.of("statistics/rx_errors", "statistics/tx_errors")));

    private static Figure count(Metric metric, List<String> needed) {
        return new Figure(metric, 1, How.SUM, needed, List.of());
    }

    private static Figure withInterfaces(Figure figure) {
        return switch (figure.metric()) {
            case NIC_LINK_DOWN ->
                new Figure(
                        figure.metric(),
                        figure.factor(),
                        figure.how(),
                        List.of("counters/link_downed", "net/carrier_down_count"),
                        List.of());
            case NIC_ERRORS ->
                new Figure(
                        figure.metric(),
                        figure.factor(),
                        figure.how(),
                        Stream.concat(
                                        figure.needed().stream(),
                                        Stream.of("net/statistics/rx_errors", "net/statistics/tx_errors"))
                                .toList(),
                        figure.whereOffered());
            default -> figure;
        };
    }

    Stream<String> counters() {
        return Stream.concat(needed.stream(), whereOffered.stream());
    }

    /** What came between two readings of a port's counters, or the first reason why it cannot be told. */
    Change change(Map<String, Count> before, Map<String, Count> after) {
        double total = 0;
        for (String counter : counters().toList()) {
            Count now = after.getOrDefault(counter, Count.absent(counter + " was not read"));
            Count then = before.getOrDefault(counter, Count.absent(counter + " was not read before"));
            if (whereOffered.contains(counter) && now.missing() && then.missing()) {
                continue;
            }
            Count came = now.since(then, counter, STICKS_AT.getOrDefault(counter, Long.MAX_VALUE));
            if (came.value().isEmpty()) {
                return Change.unknown(came.why());
            }
            double each = factor * came.value().getAsLong();
            total = how == How.SUM ? total + each : Math.max(total, each);
        }
        return Change.of(total);
    }
}
