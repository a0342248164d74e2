// What pytest asks this program to do, and what it answers: one JSON document each way.

export interface Film {
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
  ownCollection: string;
  inferenceUrl: string | null;
  films: Film[];
  text: string;
  /** An image in base64. */
  image: string;
  limit: number;
  own: { id: string; title: string; vector: number[] };
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
  ownVector: number[];
  ownFound: Found[];
}
