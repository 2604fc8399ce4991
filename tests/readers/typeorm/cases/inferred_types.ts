import { Column, Entity, PrimaryColumn } from "typeorm";
export enum Level { LOW = 1, HIGH = 2 }
export enum Colour { RED = "red", BLUE = "blue" }
type Size = "s" | "m" | "l";
type Count = number;
@Entity()
export class InferredTypes {
  @PrimaryColumn() id: number;
  @Column() name: string;
  @Column() done: boolean;
  @Column() at: Date;
  @Column() level: Level;
  @Column() colour: Colour;
  @Column() size: Size;
  @Column() count: Count;
  @Column({ nullable: true }) note?: string;
  @Column({ nullable: true }) maybe: string | null;
  @Column({ default: null }) other: string;
}
