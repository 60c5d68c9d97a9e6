export default function beforeAll(): void
