export default function afterAll(): void
