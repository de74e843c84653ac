package dev.assay.verdict;

import java.util.List;

/** What may be to blame for a slow pair. */
public sealed interface Part {
    /** As people name it. */
    String text();

    /** The nodes that it lies on: one, or two of a link. */
    List<String> nodes();

    /** All that the node does, on every rail. */
    record Node(String node) implements Part {
        @Override
        public String text() {
            return "node " + node;
        }

        @Override
        public List<String> nodes() {
            return List.of(node);
        }
    }

    /** One GPU, whichever NIC it uses. */
    record Gpu(String node, int localRank) implements Part {
        @Override
        public String text() {
            return node + " GPU " + localRank;
        }

        @Override
        public List<String> nodes() {
            return List.of(node);
        }
    }

    /** One NIC with its cable and switch port, whichever GPU uses it. */
    record Nic(String node, int nic) implements Part {
        @Override
        public String text() {
            return node + " NIC " + nic;
        }

        @Override
        public List<String> nodes() {
            return List.of(node);
        }
    }

    /** The way between two NICs, or between two GPUs of one node. */
    record Link(Part a, Part b) implements Part {
        public Link {
            if (isWide(a) || isWide(b)) {
                throw new IllegalArgumentException("a link's ends must be GPUs or NICs, got " + a + " and " + b);
            }
        }

        @Override
        public String text() {
            return "link " + a.text() + " – " + b.text();
        }

        @Override
        public List<String> nodes() {
            return a.nodes().equals(b.nodes())
                    ? a.nodes()
                    : List.of(a.nodes().get(0), b.nodes().get(0));
        }
    }

    /** All ways between two nodes. */
    record NodePair(String a, String b) implements Part {
        @Override
        public String text() {
            return "the network between " + a + " and " + b;
        }

        @Override
        public List<String> nodes() {
            return List.of(a, b);
        }
    }

    /** Whether one meeting of two nodes looks at it through every rail, not through one. */
    static boolean isWide(Part part) {
        return part instanceof Node || part instanceof NodePair;
    }
}
