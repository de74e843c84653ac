package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.Fabric;
import dev.assay.workload.Fabric.Meeting;
import dev.assay.workload.FabricPattern;
import java.util.List;
import java.util.Map;

/**
 * Two nodes that exchange, alone and then while all others load the fabric. What counts is only a stretch in which every
 * aggressor was at work longer than every victim; all ranks see all times, so all decide alike.
 */
final class FabricVictims {
    /** So many times the victims' time alone the aggressors are to work at first. */
    private static final double LONGER = 3;

    private static final int ATTEMPTS = 5;
    private static final long MOST_OPERATIONS = 100_000;

    private final RankContext context;
    private final Fabric fabric;
    private final FabricPlaces places;
    private final FabricWork.Buffers buffers;

    FabricVictims(RankContext context, Fabric fabric, FabricPlaces places, FabricWork.Buffers buffers) {
        this.context = context;
        this.fabric = fabric;
        this.places = places;
        this.buffers = buffers;
    }

    void run(int round) throws Exception {
        int nodes = context.spec().nodes().size();
        Meeting pair = fabric.victims(nodes, round);
        List<String> loads = Fabric.loads(nodes);
        for (int load = 0; load < loads.size(); load++) {
            beside(round, pair, load, loads.get(load));
        }
    }

    private void beside(int round, Meeting pair, int load, String loadName) throws Exception {
        List<Integer> victims = places.victims(pair);
        boolean victim = !victims.isEmpty();
        boolean incast = loadName.equals("incast");
        List<Integer> aggressors = incast ? places.incastBeside(pair) : places.aggressors(pair);
        CollectiveOperation operation = victim
                ? CollectiveOperation.SEND_RECEIVE
                : incast ? CollectiveOperation.GATHER : CollectiveOperation.ALL_TO_ALL;
        String name = "victim round " + round + " beside " + loadName;
        Owned owned = new Owned();
        FabricWork work = FabricTeam.join(context, name, victim ? victims : aggressors, owned)
                .map(team -> new FabricWork(context, team, buffers, operation, fabric.bytes(), name, owned))
                .orElseThrow();
        work.connect();
        double alone = alone(name, round, load, victims, work);
        besideAll(name, round, loadName, victims, alone, work);
        work.check(FabricPattern.VICTIM.key());
        owned.close();
    }

    /** The victims by themselves, and the time of one operation of the aggressors, by themselves too. */
    private double alone(String name, int round, int load, List<Integer> victims, FabricWork work) {
        context.world().all().barrier(name + ", alone");
        List<Piece> times = victims.isEmpty() ? List.of() : work.pieces(fabric.warmUp(), fabric.samples());
        if (load == 0) {
            write(round, "alone", victims, work, times);
        }
        double mine = mean(times);
        return Told.of(context, name + ", alone", mine).highest();
    }

    private void besideAll(String name, int round, String load, List<Integer> victims, double alone, FabricWork work) {
        boolean victim = !victims.isEmpty();
        double operation = victim ? 0 : mean(work.pieces(1, 2));
        double slowest = Math.max(
                1e-6, Told.of(context, name + ", one operation", operation).highest());
        double wanted = LONGER * alone * (fabric.warmUp() + fabric.samples());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long operations = (long) Math.min(MOST_OPERATIONS, Math.max(2, Math.ceil(wanted / slowest)));
            context.world().all().barrier(name + ", attempt " + attempt);
            long began = System.nanoTime();
            List<Piece> times =
                    victim ? work.pieces(fabric.warmUp(), fabric.samples()) : work.pieces(1, (int) operations - 1);
            double elapsed = (System.nanoTime() - began) / 1e6;
            Elapsed of = new Elapsed(
                    Told.of(context, name + ", victims", victim ? elapsed : 0).highest(),
                    Told.of(context, name + ", aggressors", victim ? Double.MAX_VALUE : elapsed)
                            .lowest());
            if (of.aggressors() > of.victims()) {
                if (victim) {
                    write(round, load, victims, work, times);
                } else {
                    writeLoad(round, load, work, mean(times));
                }
                return;
            }
            wanted *= Math.min(10, 2 * of.victims() / of.aggressors());
        }
        System.err.println("fabric: " + name + ": the aggressors never worked as long as the victims; no value");
    }

    /** Milliseconds from the barrier on: of the last victim, and of the first aggressor to end. */
    private record Elapsed(double victims, double aggressors) {}

    private void write(int round, String load, List<Integer> victims, FabricWork work, List<Piece> pieces) {
        if (pieces.isEmpty()) {
            return;
        }
        Map<String, String> conditions =
                FabricRunner.conditions(context, FabricPattern.VICTIM, round, fabric.bytes(), work);
        conditions.put("load", load);
        conditions.put("to", places.other(victims, context.spec().nodes()));
        List<Double> rates = pieces.stream()
                .map(piece -> work.gigabytesPerSecond(piece.milliseconds()))
                .toList();
        context.writer().write(Measurement.of(Metric.FABRIC_BANDWIDTH, rates, conditions));
        context.writer().write(Enqueuing.of(Metric.FABRIC_BANDWIDTH, pieces, conditions));
    }

    /** What the load was; of an incast what its receiver got. */
    private void writeLoad(int round, String load, FabricWork work, double milliseconds) {
        Map<String, String> conditions =
                FabricRunner.conditions(context, FabricPattern.VICTIM, round, fabric.bytes(), work);
        conditions.put("pattern", "aggressor");
        conditions.put("load", load);
        context.writer()
                .write(Measurement.of(
                        Metric.FABRIC_BANDWIDTH, List.of(work.gigabytesPerSecond(milliseconds)), conditions));
    }

    private static double mean(List<Piece> times) {
        return times.stream().mapToDouble(Piece::milliseconds).average().orElse(0);
    }
}
