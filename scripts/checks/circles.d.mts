export const circles: { findings(place: { root: string }): Promise<string[]> };
