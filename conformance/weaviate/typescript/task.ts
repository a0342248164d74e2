// What pytest asks this program to do, and what it answers: one JSON document each way.

export interface Item {
  id: string;
  title: string;
  /** The image in base64. */
  poster: string;
}

export interface Task {
  host: string;
  port: number;
  grpcPort: number;
  secure: boolean;
  key: string | null;
  collection: string;
  broughtCollection: string;
  inferenceUrl: string | null;
  items: Item[];
  text: string;
  /** An image in base64. */
  image: string;
  limit: number;
  /** An object that brings its vector. */
  brought: { id: string; title: string; vector: number[] };
}

export interface Found {
  id: string;
  distance: number | null;
}

export interface Answer {
  errors: string[];
  vectors: Record<string, number[]>;
  nearText: Found[];
  nearImage: Found[];
  hybrid: Found[];
  broughtVector: number[];
  broughtFound: Found[];
}
