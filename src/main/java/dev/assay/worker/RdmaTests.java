package dev.assay.worker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.assay.host.RdmaNic;
import dev.assay.worker.RdmaEnds.Answer;
import dev.assay.worker.RdmaEnds.Offer;
import dev.assay.workload.Rdma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs one perftest for each of some links at once. All ranks take part in every call: a server listens before its client is
 * told the port, all clients have ended before a server is asked what it printed, and whatever still runs then is killed.
 */
final class RdmaTests {

    /** Beyond the time at the line rate: what a link of a tenth of its rate takes. */
    private static final double SLOWEST = 10;

    /** A server whose client has failed hears of it by the end of their connection, if they had one. */
    private static final Duration TO_NOTICE = Duration.ofSeconds(1);

    private final RankContext context;
    private final Rdma rdma;
    private final Path logs;
    private final Duration toStart;
    private final Duration toEnd;

    /** @param toStart how long a server may take until it listens, and beside its work either end until it ends */
    RdmaTests(RankContext context, Rdma rdma, Path logs, Duration toStart) {
        this.context = context;
        this.rdma = rdma;
        this.logs = logs;
        this.toStart = toStart;
        this.toEnd = toStart.plus(Duration.ofMillis(Math.round(1000 * SLOWEST * rdma.seconds())));
    }

    /** What a call may take beyond the common deadline, s. */
    double seconds() {
        return (PerftestServer.PORTS_TRIED * toStart.toMillis() + 2 * toEnd.toMillis()) / 1e3;
    }

    /** @param gpu whether the buffers lie in GPU memory; all links can have theirs there */
    List<RdmaResult> run(String name, RdmaTest test, List<RdmaLink> links, boolean gpu)
            throws IOException, InterruptedException {
        Group all = context.world().all();
        Map<Integer, ChildProcess> running = new LinkedHashMap<>();
        try {
            List<Offer> own = new ArrayList<>();
            for (int link : mine(links, RdmaLink::server)) {
                own.add(serve(test, links.get(link), link, gpu, running));
            }
            List<Offer> offers = RdmaEnds.gather(all, "servers of " + name, own, new TypeReference<>() {});
            List<Answer> clients = RdmaEnds.gather(
                    all, "clients of " + name, call(test, links, offers, gpu), new TypeReference<>() {});
            List<Answer> servers = RdmaEnds.gather(
                    all, "ends of " + name, hear(test, running, failed(clients)), new TypeReference<>() {});
            return results(test, links, gpu, problems(offers), byLink(clients), byLink(servers));
        } finally {
            running.values().forEach(ChildProcess::close);
        }
    }

    private List<Integer> mine(List<RdmaLink> links, Function<RdmaLink, Integer> end) {
        return IntStream.range(0, links.size())
                .filter(link -> end.apply(links.get(link)) == context.world().rank())
                .boxed()
                .toList();
    }

    private Offer serve(RdmaTest test, RdmaLink link, int index, boolean gpu, Map<Integer, ChildProcess> running)
            throws IOException, InterruptedException {
        PerftestServer server = PerftestServer.start(
                port -> test.command(link.to(), link.reader(), rdma, port, gpu(link.to(), gpu)),
                log("server", index),
                toStart);
        server.process().forEach(process -> running.put(index, process));
        return new Offer(index, server.port(), server.problem());
    }

    private List<Answer> call(RdmaTest test, List<RdmaLink> links, List<Offer> offers, boolean gpu)
            throws IOException, InterruptedException {
        Map<Integer, ChildProcess> clients = new LinkedHashMap<>();
        try {
            for (Offer offer : offers) {
                RdmaLink link = links.get(offer.link());
                if (link.client() == context.world().rank() && offer.problem().isEmpty()) {
                    clients.put(offer.link(), client(test, link, offer, gpu));
                }
            }
            return answers(test, clients, index -> toEnd);
        } finally {
            clients.values().forEach(ChildProcess::close);
        }
    }

    private ChildProcess client(RdmaTest test, RdmaLink link, Offer offer, boolean gpu) throws IOException {
        RdmaNic nic = link.writer();
        List<String> command =
                new ArrayList<>(test.command(link.from(), nic, rdma, offer.port(), gpu(link.from(), gpu)));
        command.add(link.to().address());
        return ChildProcess.start(command, log("client", offer.link()));
    }

    private List<Answer> hear(RdmaTest test, Map<Integer, ChildProcess> servers, List<Integer> failed)
            throws IOException, InterruptedException {
        return answers(test, servers, link -> failed.contains(link) ? TO_NOTICE : toStart);
    }

    /** All of them together have as long as each of them. */
    private List<Answer> answers(
            RdmaTest test, Map<Integer, ChildProcess> running, Function<Integer, Duration> patience)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        List<Answer> answers = new ArrayList<>();
        for (Map.Entry<Integer, ChildProcess> each : running.entrySet()) {
            Duration whole = patience.apply(each.getKey());
            Duration left = whole.minusNanos(System.nanoTime() - began);
            answers.add(answer(test, each.getKey(), each.getValue(), left, whole));
        }
        return answers;
    }

    private static Answer answer(RdmaTest test, int link, ChildProcess child, Duration left, Duration whole)
            throws IOException, InterruptedException {
        if (!child.ended(left)) {
            child.close();
            return new Answer(
                    link,
                    List.of(),
                    "did not end within " + PerftestServer.words(whole) + " and was killed; " + child.tail());
        }
        if (child.exitCode() != 0) {
            return new Answer(link, List.of(), "ended with exit code " + child.exitCode() + "; " + child.tail());
        }
        return test.read(child.output())
                .map(report -> new Answer(link, List.of(report), ""))
                .orElse(new Answer(link, List.of(), "printed no table that can be read; " + child.tail()));
    }

    private List<RdmaResult> results(
            RdmaTest test,
            List<RdmaLink> links,
            boolean gpu,
            Map<Integer, String> notServed,
            Map<Integer, Answer> clients,
            Map<Integer, Answer> servers) {
        List<RdmaResult> results = new ArrayList<>();
        Answer silent = new Answer(0, List.of(), "left no answer");
        for (int index = 0; index < links.size(); index++) {
            RdmaLink link = links.get(index);
            Answer client = clients.getOrDefault(index, silent);
            Answer server = servers.getOrDefault(index, silent);
            String problem = Optional.ofNullable(notServed.get(index))
                    .map(words -> "server on " + link.to().node() + " " + words)
                    .orElse(problem(link, client, server));
            boolean told = problem.isEmpty();
            results.add(new RdmaResult(
                    link,
                    told ? Optional.of(client.report().get(0)) : Optional.empty(),
                    told && test.agreed(client.report().get(0), server.report().get(0), rdma),
                    problem,
                    gpu ? "gpu" : "host"));
        }
        return results;
    }

    private static String problem(RdmaLink link, Answer client, Answer server) {
        List<String> words = new ArrayList<>();
        if (client.report().isEmpty()) {
            words.add("client on " + link.from().node() + " " + client.problem());
        }
        if (server.report().isEmpty()) {
            words.add("server on " + link.to().node() + " " + server.problem());
        }
        return String.join("; ", words);
    }

    private static Map<Integer, String> problems(List<Offer> offers) {
        return offers.stream()
                .filter(offer -> !offer.problem().isEmpty())
                .collect(Collectors.toMap(Offer::link, Offer::problem));
    }

    private static List<Integer> failed(List<Answer> clients) {
        return clients.stream()
                .filter(answer -> answer.report().isEmpty())
                .map(Answer::link)
                .toList();
    }

    private static Map<Integer, Answer> byLink(List<Answer> answers) {
        return answers.stream().collect(Collectors.toMap(Answer::link, answer -> answer));
    }

    /** This rank's own GPU, which is the one that its NIC is nearest to where both are numbered along the same bus. */
    private List<String> gpu(RdmaNode node, boolean gpu) {
        if (!gpu) {
            return List.of();
        }
        String busId = context.device().identity().facts().getOrDefault("pciBusId", "");
        return node.gpuOptions().stream()
                .map(option -> option.equals("--use_cuda_bus_id") ? option + "=" + busId : option)
                .toList();
    }

    private Path log(String end, int link) throws IOException {
        return Files.createTempFile(logs, end + "-" + link + "-", ".txt");
    }
}
