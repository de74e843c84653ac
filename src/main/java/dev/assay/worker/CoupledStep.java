package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.workload.Coupled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What one coupled step enqueues, its gradients, and the check of their sums. */
final class CoupledStep {
    private final RankContext context;
    private final Coupled coupled;
    private final GemmWork work;
    private final Stream compute;
    private final Stream communication;
    private final Communicator communicator;
    private final DeviceMemory send;
    private final DeviceMemory receive;
    private final List<DeviceMemory> sendBuckets = new ArrayList<>();
    private final List<DeviceMemory> receiveBuckets = new ArrayList<>();
    private final List<Event> bucketReady = new ArrayList<>();
    private final Event bucketsDone;

    private CoupledStep(RankContext context, Coupled coupled, GemmWork work, Stream compute, Owned owned) {
        Device device = context.device();
        this.context = context;
        this.coupled = coupled;
        this.work = work;
        this.compute = compute;
        this.communication = owned.own(device.newStream());
        this.send = owned.own(device.allocate(coupled.bytesPerStep()));
        this.receive = owned.own(device.allocate(coupled.bytesPerStep()));
        this.bucketsDone = owned.own(device.newEvent());
        long bucketBytes = 2 * coupled.bucketElements();
        for (int i = 0; i < coupled.buckets(); i++) {
            sendBuckets.add(send.slice(i * bucketBytes, bucketBytes));
            receiveBuckets.add(receive.slice(i * bucketBytes, bucketBytes));
            bucketReady.add(owned.own(device.newEvent()));
        }
        byte[] id = context.group()
                .broadcast("communicator id", context.group().isRoot() ? device.newCommunicatorId() : new byte[0]);
        this.communicator = owned.own(
                context.join(id, context.group().rank(), context.group().size()));
    }

    /** Allocates the gradients and joins the group's communicator; collective. */
    static CoupledStep join(RankContext context, Coupled coupled, GemmWork work, Stream compute, Owned owned) {
        return new CoupledStep(context, coupled, work, compute, owned);
    }

    /** The step itself; timed on the compute stream, which waits for the last bucket as an optimizer would. */
    Pipeline whole(Owned owned) {
        return pipeline(owned, compute, () -> {
            for (int i = 0; i < coupled.buckets(); i++) {
                enqueueGemms(coupled.gemmsPerBucket());
                compute.record(bucketReady.get(i));
                communication.await(bucketReady.get(i));
                reduce(i);
            }
            communication.record(bucketsDone);
            compute.await(bucketsDone);
        });
    }

    /** The step's GEMMs and nothing else. */
    Pipeline computeAlone(Owned owned) {
        return pipeline(owned, compute, () -> enqueueGemms(coupled.gemms()));
    }

    /** The step's all-reduces and nothing else. */
    Pipeline communicationAlone(Owned owned) {
        return pipeline(owned, communication, () -> {
            for (int i = 0; i < coupled.buckets(); i++) {
                reduce(i);
            }
        });
    }

    /** New gradients of this rank, and sums that nobody has computed yet. */
    void fillGradients(int generation) {
        context.device()
                .fillGradient(
                        send,
                        elements(),
                        seed(generation),
                        context.group().rank(),
                        context.group().size(),
                        communication);
        context.device().poison(receive, communication);
        communication.synchronize(context.within(0));
    }

    /** Checks every element of every bucket against the sum over all ranks. */
    void checkSums(int generation) {
        compute.synchronize(context.within(0));
        int ranks = context.group().size();
        long wrong = context.device().countWrongSums(receive, elements(), seed(generation), ranks, communication);
        context.writer()
                .write(new Check(
                        "allreduce.sum",
                        elements(),
                        wrong,
                        wrong == 0 ? 0 : Double.MAX_VALUE,
                        "exact sums over " + ranks + " ranks, all " + coupled.buckets() + " buckets, "
                                + (generation == 0 ? "after the measured steps" : "verification step")));
    }

    /** The root's number, on all ranks of the communicator. */
    long agree(String what, long number) {
        return context.group().broadcast(what, number);
    }

    /** How the library says it has connected the ranks. */
    Map<String, String> report() {
        return communicator.report();
    }

    void checkHealthy() {
        communicator.checkHealthy();
    }

    private void enqueueGemms(int count) {
        for (int i = 0; i < count; i++) {
            work.enqueue();
        }
    }

    private void reduce(int bucket) {
        communicator.allReduceSum(
                sendBuckets.get(bucket), receiveBuckets.get(bucket), coupled.bucketElements(), communication);
    }

    private Pipeline pipeline(Owned owned, Stream stream, Runnable piece) {
        return new Pipeline(context.device(), owned, stream, piece, communicator::checkHealthy, context.within(0));
    }

    private long elements() {
        return coupled.buckets() * coupled.bucketElements();
    }

    private long seed(int generation) {
        return Counter.hash(context.spec().seed(), 16 + generation);
    }
}
