package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveScope;
import java.util.List;

/** Collectives: every case over every scope's communicator, warm, timed, then once more into poisoned memory and checked. */
final class CollectiveRunner implements Runner {
    /** Than planned, well before the launch is ended from outside: as the fabric's. */
    private static final double SECONDS_MORE = 60;

    private final RankContext context;
    private final Collective collective;

    CollectiveRunner(RankContext context, Collective collective) {
        this.context = context;
        this.collective = collective;
    }

    @Override
    public void run() throws Exception {
        Device device = context.device();
        context.phase("prepare", 0);
        Stream stream = context.owned().own(device.newStream());
        DeviceMemory send = context.owned().own(device.allocate(collective.mostBytes()));
        DeviceMemory receive = context.owned().own(device.allocate(collective.mostBytes()));
        CollectivePace pace = new CollectivePace(context.spec().measuredSeconds() + SECONDS_MORE);
        NicWindow window = NicWindow.open(context);
        context.world().all().barrier("NIC counters before");
        long began = System.nanoTime();
        boolean warm = false;
        for (CollectiveScope scope : collective.scopes()) {
            context.phase("join " + scope.key(), 0);
            Circle circle = Circle.of(scope, context.world(), context.spec());
            pace.nextScope(
                    circle.agree(List.of(), (System.nanoTime() - began) / 1e9).elapsed());
            Owned owned = new Owned();
            Communicator communicator = join(circle, owned);
            CollectiveWork work = new CollectiveWork(
                    context, circle, communicator, stream, send, receive, pace, began, collective::iterationsOf);
            if (!warm) {
                context.phase("warm-up", 0);
                work.warmUp(collective.cases().get(0), collective.warmUpOperations());
                warm = true;
            }
            run(scope, work);
            circle.barrier("leaving");
            owned.close();
        }
        context.phase("NIC counters", 0);
        // How many bytes cross is NCCL's choice of algorithm for each of nine operations, so none are predicted.
        window.close(List.of());
    }

    /** After a failure the communicator is left to the end of the process, as everything else that is owned. */
    private Communicator join(Circle circle, Owned owned) {
        byte[] mine = circle.isRoot() ? context.device().newCommunicatorId() : new byte[0];
        byte[] id = circle.allGather("communicator id", mine).get(0);
        return owned.own(context.join(id, circle.rank(), circle.size()));
    }

    private void run(CollectiveScope scope, CollectiveWork work) throws Exception {
        String phase = "";
        for (CollectiveCase what : collective.cases()) {
            String next = "measure " + scope.key() + " " + what.operation().key();
            if (!next.equals(phase)) {
                context.phase(next, context.spec().measuredSeconds());
                phase = next;
            }
            work.run(what);
        }
    }
}
