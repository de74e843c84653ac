package dev.assay.worker;

import dev.assay.host.RdmaNic;
import dev.assay.workload.Rdma;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The two programs: how they are called, and what a right answer holds. */
enum RdmaTest {
    BANDWIDTH {
        @Override
        List<String> program(RdmaNode node, Rdma rdma) {
            return List.of(
                    node.bandwidth(),
                    "--report_gbits",
                    "--noPeak",
                    "-s",
                    Long.toString(rdma.bytes()),
                    "-n",
                    Long.toString(rdma.iterations()),
                    "-q",
                    Integer.toString(rdma.queuePairs()));
        }

        @Override
        Optional<PerftestReport> read(String output) {
            return PerftestReport.ofBandwidth(output);
        }

        @Override
        long bytes(Rdma rdma) {
            return rdma.bytes();
        }

        @Override
        long iterations(Rdma rdma) {
            return rdma.iterations() * rdma.queuePairs();
        }

        /** The server prints what the client told it (perftest's {@code xchg_bw_reports}). */
        @Override
        boolean agree(PerftestReport client, PerftestReport server) {
            return client.value(PerftestReport.BANDWIDTH) == server.value(PerftestReport.BANDWIDTH);
        }
    },
    LATENCY {
        @Override
        List<String> program(RdmaNode node, Rdma rdma) {
            return List.of(
                    node.latency(),
                    "-s",
                    Integer.toString(Rdma.LATENCY_BYTES),
                    "-n",
                    Integer.toString(rdma.latencyIterations()));
        }

        @Override
        Optional<PerftestReport> read(String output) {
            return PerftestReport.ofLatency(output);
        }

        @Override
        long bytes(Rdma rdma) {
            return Rdma.LATENCY_BYTES;
        }

        @Override
        long iterations(Rdma rdma) {
            return rdma.latencyIterations();
        }

        /** Each end times the round trips by its own clock. */
        @Override
        boolean agree(PerftestReport client, PerftestReport server) {
            return true;
        }
    };

    String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract List<String> program(RdmaNode node, Rdma rdma);

    abstract Optional<PerftestReport> read(String output);

    abstract long bytes(Rdma rdma);

    abstract long iterations(Rdma rdma);

    abstract boolean agree(PerftestReport client, PerftestReport server);

    /**
     * One end's command line; the client's ends with the server's address.
     *
     * @param gpu the options that put the buffer into GPU memory; none for host memory
     */
    List<String> command(RdmaNode node, RdmaNic nic, Rdma rdma, int port, List<String> gpu) {
        List<String> command = new ArrayList<>(program(node, rdma));
        command.addAll(List.of("-F", "-d", nic.device(), "-i", Integer.toString(nic.port())));
        command.addAll(List.of("-p", Integer.toString(port)));
        nic.gids().forEach(gid -> command.addAll(List.of("-x", Integer.toString(gid.index()))));
        command.addAll(gpu);
        return command;
    }

    /** Both ends together; what was not asked for is no answer. */
    boolean agreed(PerftestReport client, PerftestReport server, Rdma rdma) {
        boolean asked = List.of(client, server).stream()
                .allMatch(report -> report.bytes() == bytes(rdma) && report.iterations() == iterations(rdma));
        return asked && agree(client, server);
    }
}
