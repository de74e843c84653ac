package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Bf16;
import dev.assay.device.Communicator;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.RankThreads;
import dev.assay.device.Stream;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 1", "2, 65537", "3, 2", "3, 30011", "5, 30011"})
    void everyRankHasTheExactSum(int ranks, long elements) throws Exception {
        long seed = System.nanoTime();

        List<Long> wrong = onRanks(ranks, (device, communicator, stream) -> {
            DeviceMemory send = device.allocate(2 * elements);
            DeviceMemory receive = device.allocate(2 * elements);
            device.fillGradient(send, elements, seed, communicator.rank(), ranks, stream);
            device.poison(receive, stream);
            communicator.allReduceSum(send, receive, elements, stream);
            communicator.checkHealthy();
            return device.countWrongSums(receive, elements, seed, ranks, stream);
        });

        assertThat(wrong).hasSize(ranks).containsOnly(0L);
    }

    @Test
    void oneWrongSumIsFound() throws Exception {
        List<Long> wrong = onRanks(2, (device, communicator, stream) -> {
            DeviceMemory send = device.allocate(2000);
            DeviceMemory receive = device.allocate(2000);
            device.fillGradient(send, 1000, 7, communicator.rank(), 2, stream);
            communicator.allReduceSum(send, receive, 1000, stream);
            stream.synchronize(SOON);
            byte[] bytes = receive.read();
            bytes[1998] ^= 0x40;
            receive.write(bytes);
            return device.countWrongSums(receive, 1000, 7, 2, stream);
        });

        assertThat(wrong).containsExactly(1L, 1L);
    }

    @Test
    void sumsThatNeverArrivedOrLackARankAreWrong() {
        ReferenceDevice device = new ReferenceDevice("node", 0);
        try (Stream stream = device.newStream()) {
            DeviceMemory receive = device.allocate(2000);

            device.poison(receive, stream);
            long poisoned = device.countWrongSums(receive, 1000, 7, 4, stream);
            device.fillGradient(receive, 1000, 7, 0, 4, stream);
            long lacking = device.countWrongSums(receive, 1000, 7, 4, stream);

            assertThat(poisoned).isEqualTo(1000);
            assertThat(lacking).isGreaterThan(900);
        }
    }

    @Test
    void aLostNeighbourIsAnErrorOfTheStreamAndTheCommunicator() throws Exception {
        List<Boolean> noticed = onRanks(2, (device, communicator, stream) -> {
            if (communicator.rank() == 1) {
                communicator.close();
                return true;
            }
            DeviceMemory memory = device.allocate(2000);
            communicator.allReduceSum(memory, memory, 1000, stream);
            assertThatThrownBy(() -> stream.synchronize(SOON))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("log of rank 1");
            assertThatThrownBy(communicator::checkHealthy).isInstanceOf(DeviceException.class);
            return true;
        });

        assertThat(noticed).containsOnly(true);
    }

    /** Of ranks r the element i is r + 1 + i mod 8: small integers, whose sums bf16 holds. */
    @ParameterizedTest
    @CsvSource({"1, 5, BF16", "2, 1, FP32", "3, 10007, BF16", "4, 3, FP32", "4, 9001, BF16"})
    void whatTrainingSendsIsSummedAndGathered(int ranks, int share, ElementType type) throws Exception {
        List<Boolean> right = onRanks(ranks, (device, communicator, stream) -> {
            int rank = communicator.rank();
            int all = share * ranks;
            DeviceMemory sum = filled(device, type, all, rank);
            DeviceMemory toRoot = filled(device, type, all, rank);
            DeviceMemory scattered = filled(device, type, all, rank);
            DeviceMemory own = scattered.slice((long) rank * share * type.bytes(), (long) share * type.bytes());
            DeviceMemory gathered = device.allocate((long) all * type.bytes());
            DeviceMemory mine = gathered.slice((long) rank * share * type.bytes(), (long) share * type.bytes());
            mine.write(Arrays.copyOf(sum.read(), share * type.bytes()));

            communicator.together(() -> {
                communicator.allReduce(sum, type, all, stream);
                communicator.reduce(toRoot, type, all, ranks - 1, stream);
            });
            communicator.reduceScatter(scattered, own, type, share, stream);
            communicator.allGather(mine, gathered, type, share, stream);
            stream.synchronize(SOON);

            int ofRanks = ranks * (ranks + 1) / 2;
            for (int i = 0; i < all; i++) {
                assertThat(element(sum, type, i)).isEqualTo(ofRanks + ranks * (i % 8));
                assertThat(element(gathered, type, i)).isEqualTo(i / share + 1 + i % share % 8);
            }
            for (int i = 0; i < share; i++) {
                assertThat(element(own, type, i)).isEqualTo(ofRanks + ranks * ((rank * share + i) % 8));
            }
            if (rank == ranks - 1) {
                assertThat(toRoot.read()).isEqualTo(sum.read());
            }
            return true;
        });

        assertThat(right).hasSize(ranks).containsOnly(true);
    }

    private static DeviceMemory filled(ReferenceDevice device, ElementType type, int elements, int rank) {
        ByteBuffer bytes = ByteBuffer.allocate(elements * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            float value = rank + 1 + i % 8;
            if (type == ElementType.BF16) {
                bytes.putShort(Bf16.of(value));
            } else {
                bytes.putFloat(value);
            }
        }
        DeviceMemory memory = device.allocate(bytes.capacity());
        memory.write(bytes.array());
        return memory;
    }

    private static float element(DeviceMemory memory, ElementType type, int index) {
        HostMemory host = HostMemory.of(memory);
        return type == ElementType.BF16
                ? host.get(index)
                : host.buffer(host.bytes()).getFloat(Float.BYTES * index);
    }

    private interface OnRank<T> {
        T run(ReferenceDevice device, Communicator communicator, Stream stream) throws Exception;
    }

    private static <T> List<T> onRanks(int ranks, OnRank<T> work) throws Exception {
        ReferenceDevice root = new ReferenceDevice("node", 0);
        byte[] id = root.newCommunicatorId();
        return RankThreads.run(ranks, rank -> {
            ReferenceDevice device = rank == 0 ? root : new ReferenceDevice("node", rank);
            try (Communicator communicator = device.join(Arrays.copyOf(id, id.length), rank, ranks);
                    Stream stream = device.newStream()) {
                return work.run(device, communicator, stream);
            }
        });
    }
}
