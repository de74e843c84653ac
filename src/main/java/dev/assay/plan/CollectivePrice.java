package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.Nics;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import java.util.Arrays;

/**
 * How long a collective takes, by the bytes that its busiest GPU, NICs and NVLinks carry and the steps it takes one after
 * another; {@code native/README.md} has the formulas. For predicted durations only: nothing is judged by it.
 *
 * @param nodes that the ranks lie on, as far as NICs join them; 1: nothing crosses a NIC
 * @param gpus ranks on each
 * @param lineGBps line rate, one way, of what a node's NICs have for this communicator
 * @param rankGBps the same of one rank's own NICs
 * @param nvlinkShare NVLink's rates over those of an H200
 */
record CollectivePrice(int nodes, int gpus, double lineGBps, double rankGBps, double nvlinkShare) {
    /**
     * Of the NICs' line rate: NVIDIA expects 46 to 48 GB/s of a 400 Gb/s NIC (nccl-tests #169, #196, #290). Large all-reduces
     * reached 386.6 of 400 GB/s on 8 nodes of 8 H100 (coreweave/nccl-tests), 369 on 4 of 8 H200 over EFA (stas00/ml-engineering
     * at 744d01e). All-to-all, gather and scatter: assumed the same.
     */
    private static final double NIC_SHARE = 0.94;

    /** Bus bandwidth of an all-reduce, GB/s: two H200 at 1 GiB (native/README.md), four, and eight with NVLS (stas00, there). */
    private static final double TWO_REDUCE = 329;

    private static final double FOUR_REDUCE = 363;
    private static final double EIGHT_REDUCE = 482;

    /** All-gather 267 and reduce-scatter 276 of two H200 at 1 GiB; 361 and 363 of eight (stas00, there). */
    private static final double TWO_GATHER = 272;

    private static final double EIGHT_GATHER = 361;

    /** Two H200 at 1 GiB: broadcast 365, reduce 370, gather 367, scatter 363; all-to-all; send-receive. More GPUs: assumed the same. */
    private static final double ONE_ROOT = 365;

    private static final double EXCHANGE = 331;
    private static final double SHIFT = 360;

    /** All-reduce of two H200 in the table of models, which says of every model how its NVLink compares. */
    private static final double H200_IN_TABLE = 285;

    /** Of a send or receive at full bandwidth, s: what 32 MiB of two H200 took beyond their bytes was 11 to 48 µs, 25 in the mean. */
    private static final double EXCHANGE_START = 20e-6;

    /** Every further one of the same group, s; assumed. */
    private static final double EACH_PEER = 1e-6;

    private static final double MICROSECOND = 1e-6;

    CollectivePrice {
        if (nodes < 1 || gpus < 1 || nodes * gpus < 2) {
            throw new IllegalArgumentException(
                    "a collective must have two ranks at least, got " + nodes + " nodes of " + gpus);
        }
        if ((nodes > 1 && !(lineGBps > 0 && rankGBps > 0)) || !(nvlinkShare > 0)) {
            throw new IllegalArgumentException(
                    "a collective must have lineGBps and rankGBps > 0 where NICs join nodes, and"
                            + " nvlinkShare > 0, got " + lineGBps + ", " + rankGBps + " and " + nvlinkShare);
        }
    }

    /**
     * NCCL's own constants, µs ({@code graph/tuning.cc} of 2.2x for Hopper): start, a step by NVLink, one by network, of rings
     * and of trees, and the share of the bandwidth that a protocol leaves.
     */
    private enum Protocol {
        LL(6.6, 0.6, 2.7, 6.8, 0.6, 5.0, 0.5),
        LL128(14, 1.9, 4, 14, 1.25, 8.5, 0.92),
        SIMPLE(8.4, 3.4, 14, 8.4, 4, 14, 1);

        private final double ringStart;
        private final double ringInside;
        private final double ringBetween;
        private final double treeStart;
        private final double treeInside;
        private final double treeBetween;
        private final double bandwidth;

        Protocol(
                double ringStart,
                double ringInside,
                double ringBetween,
                double treeStart,
                double treeInside,
                double treeBetween,
                double bandwidth) {
            this.ringStart = ringStart;
            this.ringInside = ringInside;
            this.ringBetween = ringBetween;
            this.treeStart = treeStart;
            this.treeInside = treeInside;
            this.treeBetween = treeBetween;
            this.bandwidth = bandwidth;
        }

        /** Once round, µs: every rank but one, over NICs between nodes. */
        private double ring(int rounds, int nodes, int gpus) {
            int between = nodes - 1;
            return ringStart + rounds * ((nodes * gpus - 1 - between) * ringInside + between * ringBetween);
        }

        /** Up and down, µs: a chain in the node, a binary tree between nodes. */
        private double tree(int nodes, int gpus) {
            int depth = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(nodes);
            return treeStart + 2 * ((gpus - 1) * treeInside + depth * treeBetween);
        }
    }

    /** Of one communicator of the scope, while all others of it work too. */
    static CollectivePrice of(Cluster cluster, GpuModel model, CollectiveScope scope, int nodes) {
        double nvlink = model.nvlinkAllReduceGBps() / H200_IN_TABLE;
        int gpus = cluster.gpusPerNode();
        if (scope == CollectiveScope.NODE || cluster.sharedHost()) {
            return new CollectivePrice(1, scope.ranks(nodes, gpus), 0, 0, nvlink);
        }
        Nics nics = cluster.nics();
        double line = nics.nodeGigabytesPerSecond();
        double each = line / gpus;
        return scope == CollectiveScope.RAIL
                ? new CollectivePrice(nodes, 1, each, each, nvlink)
                : new CollectivePrice(nodes, gpus, line, Math.max(each, nics.gigabitsPerSecond() / 8), nvlink);
    }

    /** As if no two GPUs of a node could reach each other but by NICs. */
    CollectivePrice byNicsAlone() {
        return nodes == 1 ? this : new CollectivePrice(nodes * gpus, 1, lineGBps / gpus, lineGBps / gpus, nvlinkShare);
    }

    private int ranks() {
        return nodes * gpus;
    }

    /** @param bytes of the larger buffer of a rank */
    double seconds(CollectiveOperation operation, long bytes) {
        double wire = Math.max(nvlinkSeconds(operation, bytes), nicSeconds(operation, bytes));
        return Arrays.stream(Protocol.values())
                .filter(protocol -> protocol != Protocol.LL128 || !pointToPoint(operation))
                .mapToDouble(protocol -> latency(operation, protocol) + wire / protocol.bandwidth)
                .min()
                .orElseThrow();
    }

    /** NCCL makes these of sends and receives, which know no LL128. */
    private static boolean pointToPoint(CollectiveOperation operation) {
        return switch (operation) {
            case ALL_TO_ALL, SEND_RECEIVE, GATHER, SCATTER -> true;
            case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE -> false;
        };
    }

    private double latency(CollectiveOperation operation, Protocol protocol) {
        return switch (operation) {
            case ALL_REDUCE -> MICROSECOND * Math.min(protocol.ring(2, nodes, gpus), protocol.tree(nodes, gpus));
            case ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE -> MICROSECOND * protocol.ring(1, nodes, gpus);
            case ALL_TO_ALL, GATHER, SCATTER -> exchange(protocol) + (ranks() - 1) * EACH_PEER;
            case SEND_RECEIVE -> exchange(protocol) + EACH_PEER;
        };
    }

    private double exchange(Protocol protocol) {
        double start = protocol == Protocol.SIMPLE ? EXCHANGE_START : MICROSECOND * protocol.ringStart;
        return start + MICROSECOND * (nodes > 1 ? protocol.ringBetween : protocol.ringInside);
    }

    private double nvlinkSeconds(CollectiveOperation operation, long bytes) {
        return gpus == 1 ? 0 : nvlinkBytes(operation, bytes) / (nvlinkGBps(operation) * nvlinkShare * 1e9);
    }

    /**
     * What the busiest GPU sends or receives by NVLink. Of an all-to-all and a scatter also what goes on by another GPU's NIC,
     * that of the receiver's place: NCCL leads it there by default (PXN).
     */
    private double nvlinkBytes(CollectiveOperation operation, long bytes) {
        return switch (operation) {
            case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE, SEND_RECEIVE ->
                bytes * operation.busFactor(ranks());
            case ALL_TO_ALL, SCATTER -> bytes * (gpus - 1.0) / gpus;
            case GATHER -> bytes * (gpus - 1.0) / ranks();
        };
    }

    private double nvlinkGBps(CollectiveOperation operation) {
        return switch (operation) {
            case ALL_REDUCE -> gpus >= 8 ? EIGHT_REDUCE : gpus > 2 ? FOUR_REDUCE : TWO_REDUCE;
            case ALL_GATHER, REDUCE_SCATTER -> gpus > 2 ? EIGHT_GATHER : TWO_GATHER;
            case BROADCAST, REDUCE, GATHER, SCATTER -> ONE_ROOT;
            case ALL_TO_ALL -> EXCHANGE;
            case SEND_RECEIVE -> SHIFT;
        };
    }

    /** All that leaves or enters the busiest node, over those of its NICs that can carry it. */
    private double nicSeconds(CollectiveOperation operation, long bytes) {
        if (nodes == 1) {
            return 0;
        }
        double line = switch (operation) {
            case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE, ALL_TO_ALL, SCATTER -> lineGBps;
            case SEND_RECEIVE, GATHER -> rankGBps;
        };
        return nicBytes(operation, bytes) / (NIC_SHARE * line * 1e9);
    }

    /**
     * One way: all rings together cross every border of nodes once with what travels round; of two nodes a tree exchanges a
     * buffer once. Of an all-to-all every share for another node leaves. A root has all but its own node's shares; what it
     * gathers comes in by its own NICs. Of a ring shift one rank of a node sends to the next node.
     */
    private double nicBytes(CollectiveOperation operation, long bytes) {
        return switch (operation) {
            case ALL_REDUCE -> bytes * (nodes == 2 ? 1 : operation.busFactor(ranks()));
            case ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE, SEND_RECEIVE -> bytes * operation.busFactor(ranks());
            case ALL_TO_ALL -> gpus * bytes * (nodes - 1.0) / nodes;
            case GATHER, SCATTER -> bytes * (nodes - 1.0) / nodes;
        };
    }
}
