package dev.assay.worker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unavailable;
import dev.assay.plan.PairRounds;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.workload.Rdma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Every pair of nodes by perftest, round by round. All ranks go through all rounds together; the ranks of a node take its
 * NICs in turn, each starting perftest for its own, so that each runs where its rank is bound. Where one node has no perftest
 * or no NIC nothing is measured, and that node says why.
 */
final class RdmaRunner implements Runner {
    private final RankContext context;
    private final Rdma rdma;
    private final RdmaSurvey.Site site;

    RdmaRunner(RankContext context, Rdma rdma) {
        this(context, rdma, RdmaSurvey.Site.real());
    }

    RdmaRunner(RankContext context, Rdma rdma, RdmaSurvey.Site site) {
        this.context = context;
        this.rdma = rdma;
        this.site = site;
    }

    @Override
    public void run() throws Exception {
        List<List<Pair>> rounds = PairRounds.all(context.spec().nodes());
        if (rounds.isEmpty()) {
            throw new WorkerException("measuring pairs of NICs: "
                    + context.spec().nodes() + " has no pair, expected two nodes or more; start it over more nodes");
        }
        Path logs = Files.createTempDirectory("assay-rdma");
        try {
            context.phase("prepare", 0);
            List<RdmaNode> nodes = survey(logs);
            if (nodes.stream().allMatch(RdmaNode::usable)) {
                measure(rounds, nodes, logs);
            } else {
                nodes.stream().filter(this::isMine).forEach(this::unavailable);
            }
        } finally {
            delete(logs);
        }
    }

    /** The first rank of every node looks for all of them. */
    private List<RdmaNode> survey(Path logs) throws IOException, InterruptedException {
        List<RdmaNode> own = isFirst() ? List.of(new RdmaSurvey(site, logs).look(context, rdma)) : List.of();
        List<RdmaNode> nodes = new ArrayList<>(RdmaEnds.gather(
                context.world().all(), "what the nodes have for perftest", own, new TypeReference<>() {}));
        nodes.set(0, nodes.get(0).at(nodes.get(1).hub()));
        return nodes;
    }

    private void unavailable(RdmaNode node) {
        if (!node.usable()) {
            context.writer()
                    .write(new Unavailable(Map.of(
                            Metric.RDMA_BANDWIDTH, node.problem(),
                            Metric.RDMA_LATENCY, node.problem(),
                            Metric.RDMA_TESTS, node.problem())));
        }
    }

    private void measure(List<List<Pair>> rounds, List<RdmaNode> nodes, Path logs) throws Exception {
        RdmaTests tests = new RdmaTests(context, rdma, logs, site.toStart());
        RdmaLines lines = new RdmaLines(context, rdma);
        NicWindow window = NicWindow.open(context);
        context.world().all().barrier("RDMA");
        for (int round = 0; round < rounds.size(); round++) {
            List<RdmaLink> forth = links(rounds.get(round), nodes, round, false);
            List<RdmaLink> back = links(rounds.get(round), nodes, round, true);
            lines.add(RdmaTest.BANDWIDTH, test(tests, RdmaTest.BANDWIDTH, forth, "forth, round " + round));
            lines.add(RdmaTest.BANDWIDTH, test(tests, RdmaTest.BANDWIDTH, back, "back, round " + round));
            lines.add(RdmaTest.LATENCY, test(tests, RdmaTest.LATENCY, forth, "round " + round));
        }
        window.close(lines.predictions(nodes));
        lines.check();
        nodes.stream().filter(this::isMine).forEach(lines::close);
    }

    /** In GPU memory where both nodes can; what fails there is tried once more in host memory, and says so. */
    private List<RdmaResult> test(RdmaTests tests, RdmaTest test, List<RdmaLink> links, String when) throws Exception {
        String name = test + " " + when;
        boolean gpu = test == RdmaTest.BANDWIDTH;
        List<RdmaLink> onGpus =
                links.stream().filter(link -> gpu && link.reachesGpus()).toList();
        List<RdmaLink> onHosts =
                links.stream().filter(link -> !onGpus.contains(link)).toList();
        List<RdmaResult> results = new ArrayList<>();
        if (!onGpus.isEmpty()) {
            context.phase(name + ", GPU memory", tests.seconds());
            List<RdmaResult> tried = tests.run(name + ", GPU memory", test, onGpus, true);
            tried.stream().filter(each -> each.report().isPresent()).forEach(results::add);
            again(tests, test, tried, name, results);
        }
        if (!onHosts.isEmpty()) {
            context.phase(name, tests.seconds());
            for (RdmaResult each : tests.run(name, test, onHosts, false)) {
                results.add(gpu ? because(each, each.link().hostReason()) : each);
            }
        }
        return results;
    }

    private void again(RdmaTests tests, RdmaTest test, List<RdmaResult> tried, String name, List<RdmaResult> results)
            throws Exception {
        List<RdmaResult> failed =
                tried.stream().filter(each -> each.report().isEmpty()).toList();
        if (!failed.isEmpty()) {
            context.phase(name + ", host memory instead", tests.seconds());
            List<RdmaResult> second = tests.run(
                    name + ", host memory instead",
                    test,
                    failed.stream().map(RdmaResult::link).toList(),
                    false);
            for (int i = 0; i < second.size(); i++) {
                results.add(because(second.get(i), failed.get(i).problem()));
            }
        }
    }

    private static RdmaResult because(RdmaResult result, String why) {
        return new RdmaResult(
                result.link(),
                result.report(),
                result.agreed(),
                result.problem(),
                result.memory() + ", as GPU memory is not to be had: " + why);
    }

    /** The k-th NIC of one node with the k-th of the other. */
    private List<RdmaLink> links(List<Pair> pairs, List<RdmaNode> nodes, int round, boolean back) {
        int perNode = context.spec().gpusPerNode();
        List<RdmaLink> links = new ArrayList<>();
        for (Pair pair : pairs) {
            int from = index(back ? pair.b() : pair.a());
            int to = index(back ? pair.a() : pair.b());
            RdmaNode writer = nodes.get(from);
            RdmaNode reader = nodes.get(to);
            IntStream.range(0, Math.min(writer.nics().size(), reader.nics().size()))
                    .mapToObj(rail -> new RdmaLink(
                            writer,
                            reader,
                            round,
                            rail,
                            writer.nics().get(rail),
                            reader.nics().get(rail),
                            from * perNode + writer.driver(rail, perNode),
                            to * perNode + reader.driver(rail, perNode)))
                    .forEach(links::add);
        }
        return links;
    }

    private int index(String node) {
        return context.spec().nodes().indexOf(node);
    }

    private boolean isFirst() {
        return context.world().rank() % context.spec().gpusPerNode() == 0;
    }

    private boolean isMine(RdmaNode node) {
        return isFirst()
                && index(node.node()) == context.world().rank() / context.spec().gpusPerNode();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
